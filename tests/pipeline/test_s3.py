"""Results in an S3 bucket instead of on a shared disk: what Kubernetes needs."""

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.helpers.repo import LEAST, RUN, Repo

pytestmark = pytest.mark.integration
BUCKET = "rtlmp-results"
IN_S3 = ["--default-storage-provider", "s3", "--default-storage-prefix", f"s3://{BUCKET}"]


@pytest.fixture(scope="module")
def bucket():
    """A bucket of a server on this machine, where Snakemake's plugin looks for it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings = {"endpoint_url": f"http://{host}:{port}", "access_key": "any", "secret_key": "any"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(f"SNAKEMAKE_STORAGE_S3_{name.upper()}", value)
        s3 = boto3.resource(
            "s3",
            endpoint_url=settings["endpoint_url"],
            aws_access_key_id="any",
            aws_secret_access_key="any",
            region_name="us-east-1",
        )
        yield s3.create_bucket(Bucket=BUCKET)
    server.stop()


@pytest.fixture(scope="module")
def in_bucket(bucket, tmp_path_factory):
    """After a forecast whose files live in the bucket; its results by path."""
    repo = Repo(tmp_path_factory.mktemp("s3"), **LEAST)
    repo.run(*IN_S3, "forecast")
    return repo, {held.key: held.get()["Body"].read() for held in bucket.objects.all()}


def test_the_bucket_holds_what_a_local_run_makes_to_the_bit(in_bucket, tmp_path):
    repo, held = in_bucket
    local = Repo(tmp_path, **LEAST)
    local.run("forecast")
    made = local.contents()
    assert {f"{RUN}/{name}": of for name, of in made.items()} == held
    assert repo.contents() == {}


def test_a_second_run_does_nothing_here_or_from_another_machine(in_bucket, tmp_path):
    repo, _ = in_bucket
    assert "Nothing to be done" in repo.run(*IN_S3, "forecast")
    assert Repo(tmp_path, **LEAST).jobs(*IN_S3, "forecast") == {}


def test_every_target_finds_its_files_in_the_bucket(in_bucket):
    repo, _ = in_bucket
    planned = repo.jobs(*IN_S3, "backtest", "verify", "report", "value", "export")
    assert set(planned) >= {"replay", "score_backtest", "report_daily", "revenue", "export_csv"}
    assert not {"world", "raw"} & set(planned)
