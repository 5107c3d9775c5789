"""Where steps enroll: in the order in which their files are read."""

from sqlite_utils import Migrations

migrations = Migrations("paperround")
