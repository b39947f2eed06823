"""The templates of this app: organizations, people, posts, in the order in which a district is brought in; then the rosters that
one branch or village keeps by itself."""

from django.utils.translation import gettext_lazy as _

from baodao.kernel.tables import Template, register_template

from .importing import appointments, dutysheet, organizations, roster
from .policies import in_office
from .rolls import sheet as roll
from .services.duty import MOST
from .talents import sheet as talents

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
register_template(
    Template(
        name="duties",
        title=_("履职清单"),
        about=_("一行一项；同一个单位、同一天的几行合起来是它的一整份清单"),
        order=45,
        columns=dutysheet.columns,
        judge=dutysheet.judge,
        load=dutysheet.load,
        rows=dutysheet.rows,
        may_load=dutysheet.may_load,
        may_see=in_office,
        count=dutysheet.count,
        # Only whole lists are adopted: a sheet is one command.
        chunk=MOST,
    )
)
register_template(
    Template(
        name="rolls",
        title=_("党员名册"),
        about=_("一行一名党员：组织关系在哪个支部、从哪天起；只由支部自己导入、导出"),
        order=100,
        columns=roll.columns,
        judge=roll.judge,
        load=roll.load,
        rows=roll.rows,
        may_load=roll.may_load,
        may_see=roll.may_see,
        count=roll.count,
        personal=True,
    )
)
register_template(
    Template(
        name="talents",
        title=_("本土人才"),
        about=_("一行一个人：哪个村的、有什么专长；本人同意了才写"),
        order=110,
        columns=talents.columns,
        judge=talents.judge,
        load=talents.load,
        rows=talents.rows,
        may_load=talents.may_load,
        may_see=talents.may_load,
        count=talents.count,
        personal=True,
    )
)
