"""The ldap source against a real directory (OpenLDAP) on loopback."""

import os
import shutil
import signal
import socket
import subprocess
import time

import pytest
from company import context, settings

from callboard.descriptors.kinds import builtin_kinds
from callboard.descriptors.reading import read_file
from callboard.io import ldap
from callboard.model.errors import SourceError
from callboard.settings.settings import Limits
from callboard.sources.ldap import LdapSource
from faulty import Server, closed_port

pytestmark = [
    pytest.mark.long,
    pytest.mark.filterwarnings("ignore:ssl.match_hostname"),  # ldap3 calls it on Python 3.11
]
BASE = "dc=acme,dc=example"
ADMIN, PASSWORD = f"cn=admin,{BASE}", "ldap-very-secret"
SCHEMAS = "/etc/ldap/schema"
CONF = """\
include {schemas}/core.schema
include {schemas}/cosine.schema
include {schemas}/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/pid
database mdb
suffix "{base}"
rootdn "{admin}"
rootpw {password}
directory {folder}/db
sizelimit size.soft=100 size.hard=100 size.prtotal=unlimited
access to * by users read by anonymous auth
{tls}
"""


def ldif():
    yield f"dn: {BASE}\nobjectClass: organization\nobjectClass: dcObject\no: Acme\ndc: acme\n"
    for unit in ("people", "groups"):
        yield f"dn: ou={unit},{BASE}\nobjectClass: organizationalUnit\nou: {unit}\n"
    for n in range(1_200):
        yield f"dn: uid=u{n},ou=people,{BASE}\nobjectClass: inetOrgPerson\nuid: u{n}\ncn: Person {n}\nsn: P\nmail: u{n}@acme.example\n"
    yield f"dn: uid=ada,ou=people,{BASE}\nobjectClass: inetOrgPerson\nuid: ada\ncn:: QWTDqSDwn5Kh\nsn: L\n"
    yield f"dn: cn=engineering,ou=groups,{BASE}\nobjectClass: groupOfNames\ncn: engineering\nmember: CN=Payments, ou=groups,{BASE}\n"
    ada = f"uid=ada,ou=people,{BASE}"
    yield f"dn: cn=Payments,ou=groups,{BASE}\nobjectClass: groupOfNames\ncn: Payments\ndescription: Money\nmember: {ada}\n"


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    pytest.importorskip("ldap3", reason="needs ldap3 from the package index")
    if not (shutil.which("slapd") and shutil.which("slapadd")):
        message = "needs slapd: install slapd with the system's package manager"
        (pytest.fail if os.environ.get("CALLBOARD_TEST_FULL") == "1" else pytest.skip)(message)
    folder = tmp_path_factory.mktemp("ldap")
    (folder / "db").mkdir()
    certificate, key = folder / "ca.pem", folder / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2"]
    subprocess.run([*made, "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    tls = ""
    conf = folder / "slapd.conf"
    head = f"TLSCertificateFile {certificate}\nTLSCertificateKeyFile {key}\n"
    conf.write_text(head + CONF.format(schemas=SCHEMAS, folder=folder, base=BASE, admin=ADMIN, password=PASSWORD, tls=tls))
    (folder / "all.ldif").write_text("\n".join(ldif()))
    subprocess.run(["slapadd", "-f", conf, "-l", folder / "all.ldif", "-q"], check=True, capture_output=True)
    port = closed_port()
    url = f"ldap://127.0.0.1:{port}"
    process = subprocess.Popen(["slapd", "-f", conf, "-h", url, "-d", "0"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield url, certificate
    process.send_signal(signal.SIGTERM)
    process.wait(10)


def collect(tmp_path, url, certificate=None, **options):
    environ = {"SSL_CERT_FILE": str(certificate)} if certificate else {}
    options = {
        "url": url, "user": ADMIN, "password": PASSWORD,
        "users": {"base": f"ou=people,{BASE}"}, "groups": {"base": f"ou=groups,{BASE}"}, **options,
    }  # fmt: skip
    here = context(tmp_path)
    return LdapSource(settings("ldap", **options), type(here)(here.root, here.cache, environ)).collect()


@pytest.mark.parametrize("with_tls", [False, True])
def test_people_and_nested_groups_come_in_pages(tmp_path, directory, with_tls):
    url, certificate = directory
    got = collect(tmp_path, url, certificate, start_tls=with_tls)
    results = [read_file(file, builtin_kinds(), Limits()) for file in got.files]
    assert [p for result in results for p in result.problems] == []
    entities = {str(e.ref): e for result in results for e in result.entities}
    assert len(entities) == 1_201 + 2
    assert entities["group:default/payments"].spec["parent"] == "engineering"
    assert entities["group:default/payments"].metadata["description"] == "Money"
    assert entities["user:default/ada"].spec == {"profile": {"displayName": "Adé 💡"}, "memberOf": ["payments"]}
    assert entities["user:default/u7"].spec["profile"] == {"displayName": "Person 7", "email": "u7@acme.example"}


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ({"password": "wrong-password"}, "user and password"),
        ({"users": {"base": "ou=nobody,dc=acme,dc=example"}}, "base and filter"),
        ({"users": {"base": f"ou=people,{BASE}", "filter": "(uid=*"}}, "base and filter"),
    ],
)
def test_what_the_directory_refuses_is_told(tmp_path, directory, options, hint):
    with pytest.raises(SourceError) as caught:
        collect(tmp_path, directory[0], **options)
    assert hint in caught.value.hint
    assert "wrong-password" not in str(caught.value)


def test_a_certificate_that_is_not_trusted_is_refused(tmp_path, directory):
    with pytest.raises(SourceError, match="cannot be read"):
        collect(tmp_path, directory[0], start_tls=True)


def test_a_host_that_refuses_or_is_none_is_told(tmp_path, monkeypatch):
    pytest.importorskip("ldap3", reason="needs ldap3 from the package index")
    monkeypatch.setattr(ldap, "ANSWER_SECONDS", 1)
    with pytest.raises(SourceError, match="cannot be read"):
        collect(tmp_path, f"ldap://127.0.0.1:{closed_port()}")
    with Server(lambda _, wire: wire.answer(200)) as server, pytest.raises(SourceError, match="cannot be read"):
        collect(tmp_path, server.url.replace("http:", "ldap:"))
