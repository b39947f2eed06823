"""Where an order is begun, and what is done about it on a page of ours."""

from baodao.matters.beside import register_start

from .selectors import PROCEDURE

register_start(PROCEDURE, "desk:courses")
