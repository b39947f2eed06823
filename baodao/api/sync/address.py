"""Where a webhook may go. An address that somebody typed must never reach into our own network: every name is resolved, every
address that it has is judged, and the connection goes to the judged address, whatever the name says a moment later."""

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from baodao.kernel.errors import Invalid

LONGEST = 300
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Shut(Exception):
    """The address lies where no webhook may go; or (`gone`) the name is not known."""

    def __init__(self, gone: bool = False) -> None:
        super().__init__()
        self.gone = gone


def parts_of(url: str) -> SplitResult:
    """The parts of an address that may be registered. Raises Invalid for anything but https to a host, without name and password;
    http is for this machine alone, where the deployment allows it."""
    try:
        parts = urlsplit(url)
        good = bool(parts.hostname) and parts.port != 0 and url.isascii() and url.isprintable()
    except ValueError:
        good = False
    if not good or " " in url or len(url) > LONGEST:
        raise Invalid.of("url", _("网址写得不对"), _("请写成 https://对方系统的域名/接收路径"))
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Invalid.of("url", _("网址里不能带用户名、密码或 #"), _("对方用签名核对来源，不用密码"))
    http = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1"} and _own_machine()
    if parts.scheme != "https" and not http:
        raise Invalid.of("url", _("只能用 https"), _("请让对方系统启用 https"))
    return parts


def judge(url: str) -> None:
    """For the page, before anything is written: form, name and address. Raises Invalid in words."""
    parts = parts_of(url)
    try:
        resolve(parts)
    except Shut as shut:
        if shut.gone:
            raise Invalid.of("url", _("找不到这个网址的服务器"), _("请核对域名")) from None
        raise Invalid.of(
            "url", _("这个地址在内部网络里，不能往那里发"), _("内网部署请系统管理员打开允许内网的设置")
        ) from None


def resolve(parts: SplitResult) -> str:
    """The address to connect to. Raises Shut when the name is unknown or any of its addresses is one that must not be reached."""
    assert parts.hostname
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Shut(gone=True) from None
    addresses = [str(row[4][0]).partition("%")[0] for row in found]
    if not addresses or not all(may_reach(ipaddress.ip_address(one)) for one in addresses):
        raise Shut(gone=not addresses)
    return addresses[0]


def may_reach(address: Address) -> bool:
    """Public addresses; loopback, link-local, private and all other special ones only where the deployment allows them."""
    inner = _inner(address)
    if inner.is_global and not inner.is_multicast:
        return True
    if inner.is_loopback:
        return _own_machine()
    # Link-local stays shut in any case: there clouds hand out their keys.
    return bool(settings.PRIVATE_PARTNERS) and inner.is_private and not inner.is_link_local


def _inner(address: Address) -> Address:
    """What an IPv6 address that carries an IPv4 one really leads to."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


def _own_machine() -> bool:
    return bool(settings.PRIVATE_PARTNERS or settings.DEMO)
