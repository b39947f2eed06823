"""Words for codes, in the reader's language."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

FIELD_WORDS = {
    "name": gettext_lazy("姓名"),
    "phone": gettext_lazy("手机号"),
    "email": gettext_lazy("电子邮箱"),
    "idno": gettext_lazy("身份证号"),
    "address": gettext_lazy("住址"),
    "contact_phone": gettext_lazy("另一个联系电话"),
    "contact_email": gettext_lazy("另一个联系邮箱"),
    "contact_note": gettext_lazy("怎么联系方便"),
    "alias": gettext_lazy("导入时的编号"),
    "content": gettext_lazy("您写的内容"),
    "card": gettext_lazy("密封卡片的内容"),
    "points": gettext_lazy("积分和理由"),
}
EVENT_WORDS = {
    "deputy.began": gettext_lazy("请人代理岗位"),
    "deputy.ended": gettext_lazy("结束了代理"),
    "second.asked": gettext_lazy("提出了要两个人办的事"),
    "second.agreed": gettext_lazy("两个人办成了一件事"),
    "second.declined": gettext_lazy("没有同意，或收回了要两个人办的事"),
    "glass.opened": gettext_lazy("紧急查看了受限的事"),
    "card.renewed": gettext_lazy("给没有人能打开的卡片点名了下一个人"),
    "glass.closed": gettext_lazy("结束了紧急查看"),
    "sign_in.password": gettext_lazy("用密码登录"),
    "sign_in.code": gettext_lazy("用验证码登录"),
    "sign_in.demo": gettext_lazy("用演示链接登录"),
    "sign_in.refused": gettext_lazy("密码不对，没有登录成"),
    "sign_out": gettext_lazy("退出登录"),
    "session.ended": gettext_lazy("结束了一处登录"),
    "session.others_ended": gettext_lazy("结束了其他各处登录"),
    "password.set": gettext_lazy("设置或修改了密码"),
    "factor.on": gettext_lazy("开通了两步验证"),
    "factor.off": gettext_lazy("关闭了两步验证"),
    "factor.passed": gettext_lazy("通过了两步验证"),
    "factor.refused": gettext_lazy("两步验证没有通过"),
    "recovery.used": gettext_lazy("用掉了一个恢复码"),
    "post.chosen": gettext_lazy("换了岗位"),
    "contact.changed": gettext_lazy("改了联系方式"),
    "export.tables": gettext_lazy("导出了名册或台账"),
    "export.my_data": gettext_lazy("下载了自己的资料"),
    "people.sought": gettext_lazy("按电话或证件号找过人"),
    "export.todo": gettext_lazy("导出了待办"),
}
#: Why two records may be one somebody.
LIKENESS_WORDS = {
    "idno": gettext_lazy("身份证号相同"),
    "phone": gettext_lazy("电话相同"),
    "email": gettext_lazy("邮箱相同"),
    "birth": gettext_lazy("同名、同一天生日"),
    "office": gettext_lazy("同名、同一个单位"),
}
BROWSER_WORDS = {
    "wechat": gettext_lazy("微信"),
    "edge": "Edge",
    "firefox": "Firefox",
    "chrome": "Chrome",
    "safari": "Safari",
    "other": gettext_lazy("其他浏览器"),
}


def fields_in_words(codes: str | Iterable[str]) -> str:
    """`name,phone` → 姓名、手机号."""
    names = codes.split(",") if isinstance(codes, str) else codes
    return _("、").join(str(FIELD_WORDS.get(name, name)) for name in names if name)
