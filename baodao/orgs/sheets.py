"""The templates of this app: organizations, people, posts, in the order in which a district is brought in."""

from django.utils.translation import gettext_lazy as _

from baodao.kernel.tables import Template, register_template

from .importing import appointments, organizations, roster

register_template(
    Template(
        name="orgs",
        title=_("组织"),
        about=_("一行一个组织，行政和党组织两棵树都在这里"),
        order=10,
        columns=organizations.columns,
        judge=organizations.judge,
        load=organizations.load,
        rows=organizations.rows,
        may_load=organizations.may_load,
        may_see=organizations.may_see,
        count=organizations.count,
    )
)
register_template(
    Template(
        name="people",
        title=_("人员"),
        about=_("一行一个人：工作人员和服务的居民。只收办事必需的几项"),
        order=20,
        columns=roster.columns,
        judge=roster.judge,
        load=roster.load,
        rows=roster.rows,
        may_load=roster.may_load,
        may_see=roster.may_see,
        count=roster.count,
        personal=True,
        after=roster.after,
    )
)
register_template(
    Template(
        name="posts",
        title=_("岗位"),
        about=_("一行一次任命：谁、在哪个单位、任什么岗位、从哪天起"),
        order=30,
        columns=appointments.columns,
        judge=appointments.judge,
        load=appointments.load,
        rows=appointments.rows,
        may_load=appointments.may_load,
        may_see=appointments.may_see,
        count=appointments.count,
        personal=True,
    )
)
