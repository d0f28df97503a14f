"""How an instance is launched: the latest image, an encrypted volume, metadata for a token alone, no public address."""

from __future__ import annotations

from typing import Any

import awacs.aws as aws
import awacs.kms as kms_actions
from troposphere import AWSHelperFn, GetAtt, Parameter, Ref, Sub, ec2, iam

from tap_templates.components.keys import THIS_KEY, Key, key
from tap_templates.components.network import SecurityGroup
from tap_templates.policies import allow
from tap_templates.stack import Stack

# Amazon Linux 2023 user guide, "Launching AL2023 using the SSM parameter and AWS CLI".
IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{architecture}"
IMAGE_TYPE = "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"
ROOT = "/dev/xvda"
SCALING = (
    "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/autoscaling.amazonaws.com/"
    "AWSServiceRoleForAutoScaling"
)
# EC2 Auto Scaling user guide, "Required AWS KMS key policy for use with encrypted volumes".
USE_OF_VOLUMES = [
    kms_actions.Decrypt,
    kms_actions.DescribeKey,
    kms_actions.Encrypt,
    kms_actions.GenerateDataKey,
    kms_actions.GenerateDataKeyWithoutPlaintext,
    kms_actions.ReEncryptFrom,
    kms_actions.ReEncryptTo,
]


def launch_template(
    stack: Stack,
    title: str,
    *,
    instance_type: Any,
    architecture: str,
    volume_gib: Any,
    profile: iam.InstanceProfile,
    group: SecurityGroup,
    user_data: AWSHelperFn,
) -> ec2.LaunchTemplate:
    """Launch template without a key for SSH.

    Source: Security Hub controls EC2.7, EC2.25, EC2.170, EC2.181; EC2 user guide, instance metadata options.
    """
    own_key = _own_key(stack, title)
    encryption = {"Encrypted": True, **({"KmsKeyId": own_key.arn} if own_key else {})}
    return stack.add(
        ec2.LaunchTemplate(
            f"{title}Template",
            LaunchTemplateName=stack.name(f"{title}Template", ec2.LaunchTemplate),
            LaunchTemplateData=ec2.LaunchTemplateData(
                ImageId=_image(stack, title, architecture),
                InstanceType=instance_type,
                IamInstanceProfile=ec2.IamInstanceProfile(Arn=GetAtt(profile, "Arn")),
                MetadataOptions=ec2.MetadataOptions(
                    HttpEndpoint="enabled", HttpTokens="required", HttpPutResponseHopLimit=1
                ),
                BlockDeviceMappings=[
                    ec2.LaunchTemplateBlockDeviceMapping(
                        DeviceName=ROOT,
                        Ebs=ec2.EBSBlockDevice(
                            VolumeType="gp3", VolumeSize=volume_gib, DeleteOnTermination=True, **encryption
                        ),
                    )
                ],
                NetworkInterfaces=[
                    ec2.NetworkInterfaces(
                        DeviceIndex=0, AssociatePublicIpAddress=False, DeleteOnTermination=True, Groups=[group.id]
                    )
                ],
                Monitoring=ec2.Monitoring(Enabled=True),
                UserData=user_data,
            ),
        ),
        says=f"launch template of {title}",
    )


def _image(stack: Stack, title: str, architecture: str) -> Ref:
    """The newest image at each creation and update of the stack: the change set shows it, and instances are replaced.

    A dynamic reference would not do: CloudFormation sees no change in it while its text stays the same. Nor would a
    parameter that EC2 resolves: instances of one group would differ by when they were launched.
    """
    return stack.parameter(
        Parameter(
            f"{title}Image",
            Type=IMAGE_TYPE,
            Default=IMAGE.format(architecture=architecture),
            Description=f"Public parameter with the image of {title}, of Amazon Linux 2023 for {architecture}.",
        ),
        group="Instances",
        label=f"Image of {title}",
    )


def _own_key(stack: Stack, title: str) -> Key | None:
    """A key for volumes, where ``customer_managed_keys`` asks for one; EC2 Auto Scaling alone launches with it.

    Its service-linked role must be there: the first group that is made in an account makes it.
    """
    if "volumes" not in stack.requirements.customer_managed_keys:
        return None
    scaling = aws.Principal("AWS", Sub(SCALING))
    for_aws = aws.Bool("kms:GrantIsForAWSResource", "true")
    return key(
        stack,
        f"{title}Key",
        purpose=f"volumes of {title}",
        statements=[
            allow(USE_OF_VOLUMES, on=THIS_KEY, to=scaling, sid="UseForVolumes"),
            allow([kms_actions.CreateGrant], on=THIS_KEY, to=scaling, when=for_aws, sid="GrantToVolumes"),
        ],
    )
