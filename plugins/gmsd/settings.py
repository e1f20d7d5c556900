"""Every setting of the pipeline, read from the environment (prefix `GMSD_`), `var/secrets/gmsd.env` or `.env`."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from gmsd.errors import GmsdError
from gmsd.folders import home, settings_files

_KEY = re.compile("[0-9a-fA-F]{64}")


class SettingsError(GmsdError):
    """A setting cannot be used; the text names it and never shows its value, which may be a secret."""

    exit_status = 2


class Settings(BaseSettings):
    """What may differ from one installation to the next; docs/settings.md is generated from the descriptions."""

    model_config = SettingsConfigDict(env_prefix="GMSD_", extra="ignore", frozen=True)

    home: Path = Field(default_factory=home, description="Folder that holds var/, sql/ and expectations/.")

    s3_endpoint: str = Field("http://127.0.0.1:8333", description="Address of the object store; any S3 endpoint.")
    s3_region: str = Field("eu-west-1", description="Region that requests are signed for.")
    s3_access_key: str = Field("", description="Access key of the pipeline's user.")
    s3_secret_key: SecretStr = Field(SecretStr(""), description="Secret key of the pipeline's user.")
    s3_portal_access_key: str = Field("", description="Access key of the uploading account, which may only write to the inbox.")
    s3_portal_secret_key: SecretStr = Field(SecretStr(""), description="Secret key of the uploading account.")
    s3_reader_access_key: str = Field("", description="Access key of the user who reads publications.")
    s3_reader_secret_key: SecretStr = Field(SecretStr(""), description="Secret key of the reading user.")
    s3_desk_access_key: str = Field("", description="Access key of the portal's process, which registers uploads and shows what came in.")
    s3_desk_secret_key: SecretStr = Field(SecretStr(""), description="Secret key of the portal's process.")
    s3_pipeline_id: str = Field("", description="Canonical id of the pipeline's user for bucket grants; empty: grants are left alone.")
    s3_portal_id: str = Field("", description="Canonical id of the uploading account for bucket grants.")
    s3_reader_id: str = Field("", description="Canonical id of the reading user for bucket grants.")
    bucket_inbox: str = Field("gmsd-inbox", description="Bucket that municipalities' files arrive in; versioned.")
    bucket_outbox: str = Field("gmsd-outbox", description="Bucket with the reports for coordinators.")
    bucket_deliveries: str = Field(
        "gmsd-deliveries",
        description="Private bucket with the bytes of every registered delivery under its id; not versioned, objects are never replaced.",
    )
    bucket_staging: str = Field("gmsd-staging", description="Private bucket with accepted, pseudonymised records.")
    bucket_publication: str = Field("gmsd-publication", description="Bucket with releases; not versioned, objects are never replaced.")
    bucket_accounts: str = Field("gmsd-accounts", description="Private bucket with the full account of each release.")

    database_owner: SecretStr = Field(SecretStr(""), description="Address of the warehouse for the role that owns the tables.")
    database_loader: SecretStr = Field(SecretStr(""), description="Address of the warehouse for intake, check, load and figures.")
    database_publisher: SecretStr = Field(SecretStr(""), description="Address of the warehouse for building releases.")
    database_approver: SecretStr = Field(
        SecretStr(""),
        description="Address of the warehouse for the answer whether a release may be published; only Airflow's api-server gets it.",
    )
    database_reader: SecretStr = Field(SecretStr(""), description="Address of the warehouse for who only reads.")

    database_portal: SecretStr = Field(SecretStr(""), description="Address of the warehouse for the coordinators' portal.")

    smtp_host: str = Field("127.0.0.1", description="Mail server.")
    smtp_port: int = Field(8025, description="Port of the mail server.")
    smtp_user: str = Field("", description="Account at the mail server; empty: no login.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Password at the mail server.")
    smtp_starttls: bool = Field(False, description="Ask the mail server for TLS before anything is sent.")
    mail_from: str = Field("Gemeentelijke Monitor Sociaal Domein <gmsd@cbs.invalid>", description="Sender of every mail.")
    mail_template_address: str = Field(
        "wmo-{municipality}@gemeente.invalid", description="Address for mails about a municipality for which nobody is registered."
    )
    mail_engineer: str = Field("gmsd-beheer@cbs.invalid", description="Address of the data engineer.")
    maildir: str = Field("", description="Where the mail sink of a demo keeps its mails; only shown, never read by the pipeline.")

    store_sweep: str = Field(
        "", description="Command that makes the object store forget names of deleted objects at once; empty: the store does so by itself."
    )
    searched_folders: str = Field(
        "",
        description="Folders of the services on this machine that `gmsd consent verify` searches, with a colon between them.",
    )
    keep_files_days: int = Field(
        1095,
        ge=1,
        description="How many days raw files and staged records are kept: as long as figures made of them may be revised or rebuilt.",
    )
    keep_reports_days: int = Field(
        400, ge=1, description="How many days reports are kept: until the same half of the next year has been delivered and compared."
    )
    keep_mails_days: int = Field(
        400,
        ge=1,
        description="How many days subject and text of mails that were sent are kept: as long as a coordinator may ask about them.",
    )
    keep_forms_days: int = Field(
        1095, ge=1, description="How many days it is kept who filed a form, and why: as long as somebody may dispute a withdrawal."
    )
    keep_notice_days: int = Field(
        7, ge=0, description="How many days after it was announced to the engineer something past its period is thrown away."
    )
    backup_days: int = Field(
        35,
        ge=1,
        description="How many days a backup is kept: until then it holds what was deleted after it was made, and a deletion proof says so.",
    )

    airflow_url: str = Field("http://127.0.0.1:8080", description="Address of Airflow's API server.")
    airflow_engineer_user: str = Field("engineer", description="Account of the data engineer.")
    airflow_engineer_password: SecretStr = Field(SecretStr(""), description="Password of the data engineer.")
    airflow_approver_user: str = Field("approver", description="Account of the second person, who approves publication.")
    airflow_approver_password: SecretStr = Field(SecretStr(""), description="Password of the second person.")
    airflow_viewer_user: str = Field("viewer", description="Account that may only look.")
    airflow_viewer_password: SecretStr = Field(SecretStr(""), description="Password of the account that may only look.")
    airflow_intake_user: str = Field("intake", description="Account with which intake starts a run for each delivery.")
    airflow_intake_password: SecretStr = Field(SecretStr(""), description="Password of intake's account.")

    portal_url: str = Field(
        "http://127.0.0.1:8095", description="Address of the coordinators' portal, as mails give it; with https its cookies ask for TLS."
    )
    portal_idle_minutes: int = Field(60, ge=1, description="After how long without a request a session of the portal ends.")
    portal_session_hours: int = Field(12, ge=1, description="After how long a session of the portal ends in any case.")
    portal_requests_per_minute: int = Field(600, ge=1, description="How many requests one address may make of the portal in a minute.")
    portal_tries_per_quarter: int = Field(
        10, ge=1, description="How many wrong passwords, codes and links one address may try in 15 minutes."
    )
    portal_upload_idle_seconds: int = Field(60, ge=1, description="How long an upload may stand still before the portal gives it up.")
    portal_trial_bytes: int = Field(64 * 2**20, ge=1, description="Largest file of a trial check in the portal, in bytes.")

    rules_url: str = Field(
        "", description="Address of the catalogue of rules that mails and reports link to, each rule at its own code; empty: no links."
    )

    pseudonym_key_file: Path = Field(
        Path("var/secrets/pseudonym.key"), description="File with the key (32 bytes, hex) that turns a BSN into a pseudonym."
    )
    rounding_key_file: Path = Field(
        Path("var/secrets/rounding.key"), description="File with the key (32 bytes, hex) that rounds published counts."
    )
    reference_key_file: Path = Field(
        Path("var/secrets/reference.key"), description="File with the key (32 bytes, hex) that hides delivery ids in a release."
    )
    clock: Literal["system", "database"] = Field("system", description="Where the time comes from; `database` is for a demo or a test.")
    synthetic: bool = Field(False, description="The data is made up: every release says so.")

    rounding: Literal["keyed", "nearest"] = Field(
        "keyed", description="How published counts are rounded; `nearest` follows the letter of the published rule."
    )
    secret_threshold: bool = Field(
        True,
        description="Show a count from a secret threshold, at or a little above the first count that its table may show.",
    )
    swing_half_year_period: str = Field("{year}HJ{half:02d}", description="Form of a half-year in the Waarstaatjegemeente import.")
    publisher_name: str = Field("Gemeentelijke Monitor Sociaal Domein", description="Who publishes, as data catalogues name it.")
    publisher_agency: str = Field("GMSD", pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", description="Id of the publisher in SDMX structures.")
    publisher_contact: str = Field(
        "mailto:gmsd@cbs.invalid",
        pattern=r"^(mailto:|https?://)\S+$",
        description="Where readers of the figures turn to, an office and no person: `mailto:` or a web address.",
    )
    publisher_identifiers: str = Field(
        "urn:gmsd:",
        pattern=r"^(urn:|https?://)\S+[:/#]$",
        description="What the identifiers of data sets in catalogues begin with; a web address that answers, where there is one.",
    )
    publisher_licence: str = Field(
        "http://creativecommons.org/licenses/by/4.0/",
        pattern=r"^https?://\S+$",
        description="Address of the licence of the figures.",
    )
    comparison_policy: Path | None = Field(
        None,
        description="Folder with policy traits to compare municipalities by, a file a year; none: a demo takes its made-up example.",
    )
    site_url: str = Field("http://127.0.0.1:8099", description="Address of the public site.")
    site_requests_per_second: int = Field(
        1000,
        ge=0,
        description="How often one address may ask something of the public site, for two seconds on end; 0 = as often as it likes.",
    )
    site_boundaries: str = Field(
        "",
        description="TopoJSON file with shapes of municipalities (ids such as GM0518) for maps of the public site; none: a square each.",
    )
    large_change_percent: int = Field(
        30, ge=1, description="A delivery whose clients differ by more percent from the one it follows is told to coordinator and engineer."
    )
    large_change_clients: int = Field(25, ge=0, description="And by more clients than this.")
    max_file_bytes: int = Field(512 * 2**20, description="Largest delivery that is read, in bytes.")
    max_file_lines: int = Field(5_000_000, description="Largest delivery that is read, in lines.")
    inbox_poll_seconds: float = Field(5.0, gt=0, description="How often the inbox is looked at.")
    burst_from: int = Field(
        8, ge=2, description="From how many uploads that wait they are checked together in one task, not each by a run of its own."
    )
    publish_when_loaded: bool = Field(False, description="Start publication by itself once a round's half-years are loaded.")

    def key(self, name: Literal["pseudonym", "rounding", "reference"]) -> bytes:
        """The 32 bytes of a secret key.

        Raises:
            FileNotFoundError: the key file is absent.
            SettingsError: it does not hold 32 bytes in hexadecimal.
        """
        path = {"pseudonym": self.pseudonym_key_file, "rounding": self.rounding_key_file, "reference": self.reference_key_file}[name]
        text = (self.home / path).read_text(encoding="ascii", errors="replace").strip()
        if not _KEY.fullmatch(text):
            raise SettingsError(f"settings that cannot be used: {path} does not hold 32 bytes in hexadecimal")
        return bytes.fromhex(text)


@cache
def get_settings() -> Settings:
    """The settings of this process, read once. Who may not read the installation's secrets works without them: a check needs none.

    Raises:
        SettingsError: one of them has a value of another type than it should.
    """
    try:
        return Settings(_env_file=tuple(settings_files()))
    except ValidationError as error:
        wrong = ", ".join(f"GMSD_{str(fault['loc'][0]).upper()} ({fault['msg']})" for fault in error.errors())
        raise SettingsError(f"settings that cannot be used: {wrong}") from None
