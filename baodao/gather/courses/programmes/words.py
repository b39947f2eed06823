"""The words of the rights."""

from baodao.orgs.words import Words, register_right_words

_RIGHTS = {
    "class.*": Words("培训班的全部维护", "All upkeep of classes"),  # data
    "class.open": Words("开培训班、排课、结束", "Open classes, add sessions, close them"),  # data
    "class.enrol": Words("定培训班的名单", "Enter people into a class"),  # data
    "call.*": Words("申报通知的全部步骤", "All steps of calls"),  # data
    "call.open": Words("发申报通知", "Open calls for applications"),  # data
    "call.publish": Words("公布申报结果", "Publish the result of a call"),  # data
    "training.plan": Words("定几年的培训规划", "Set a plan of training over some years"),  # data
    "training.*": Words("培训规划和提醒的全部步骤", "All steps of plans of training and reminders"),  # data
    "training.remind": Words("提醒还没来齐的人", "Remind those who are still to come to training"),  # data
    "lesson.*": Words("网上学一课、做小测验", "Lessons on line and their short tests"),  # data
    "class.join": Words("选课、退课、网上学", "Choose and leave classes, learn on line"),  # data
}
register_right_words("classes", lambda pack: _RIGHTS)
