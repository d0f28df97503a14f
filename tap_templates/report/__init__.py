"""What people read about a template, and how files are written."""
