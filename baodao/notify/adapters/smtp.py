"""E-mail through a mail server (Django's backend)."""

import contextlib
import smtplib
from email.utils import parseaddr

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from baodao.notify.gateways import Smtp

from .base import Letter, NotNow, Refused, Unsure


class SmtpAdapter:
    """One connection a letter: the volume of notices needs no more, and a dead one cannot be met."""

    def __init__(self, setting: Smtp) -> None:
        self.setting = setting

    def send(self, letter: Letter) -> None:
        """Refused for a rejected recipient; not now when there was no session; unsure once the text was under
        way."""
        held = self.setting
        backend = EmailBackend(
            host=held.host,
            port=held.port,
            username=held.user,
            password=held.password,
            use_ssl=held.security == "tls",
            use_tls=held.security == "starttls",
            timeout=int(held.timeout) or 1,
        )
        try:
            backend.open()
            # Said here and not with the first command of the letter: without it nothing can have left.
            if backend.connection is not None:
                backend.connection.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException) as error:
            raise NotNow(type(error).__name__) from None
        try:
            backend.send_messages([self._message(letter)])
        except smtplib.SMTPRecipientsRefused as error:
            codes = {code for code, _text in error.recipients.values()}
            raise (Refused if all(500 <= code < 600 for code in codes) else NotNow)("recipient") from None
        except smtplib.SMTPResponseException as error:
            raise (Refused if 500 <= error.smtp_code < 600 else NotNow)(str(error.smtp_code)) from None
        except (OSError, smtplib.SMTPException) as error:
            raise Unsure(type(error).__name__) from None
        finally:
            # The server has answered by now; a failed goodbye changes nothing.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                backend.close()

    def _message(self, letter: Letter) -> EmailMessage:
        domain = parseaddr(self.setting.sender)[1].rpartition("@")[2] or "localhost"
        # The same id for the same notice: mail programs show a repeat once.
        headers = {"Message-ID": f"<{letter.key}@{domain}>", "Auto-Submitted": "auto-generated"}
        return EmailMessage(letter.subject, letter.body, self.setting.sender, [letter.to], headers=headers)

    def was_sent(self, key: str) -> bool | None:
        """A mail server does not tell."""
        return None
