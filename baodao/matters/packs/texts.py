"""The files of a new pack and of a new procedure, as they are written: data, with a remark at each place to fill."""

PACK = """\
# 这个区是谁。改完运行  baodao pack check
# source 说这些内容从哪里来："district" 本区定的 · "public" 公开文件里的 · "assumed" 示例（屏幕上标 示例，待核定）
extends = "base"
source = "district"

[district]
code = {code}
name = {name}
name_en = {name_en}
municipality = {municipality}
municipality_en = {municipality_en}
# 编号的样子：年份和几位数字
number = "{sign_plain}-{{year}}-{{n:06}}"
# 工作时间，“工作小时”按它算
office_hours = ["09:00-12:00", "14:00-18:00"]
hotline = {hotline}
# 街道和社区的名单；从国家统计局的代码表填进去，再运行 baodao divisions load
divisions = "divisions.json"
"""  # data

LEVELS = """\
# 本区自己的层级和岗位。base 已经有市、区、部门、街道、科室、社区、网格；这里只写 base 没有的。
source = "district"

# [level.lane]
# title = "巷道"
# title_en = "Lane"
# rank = 6            # 从 1（最上）往下数，下级的 rank 一定比上级大
# kinds = ["lane"]

# [post.lane_head]
# title = "巷长"
# title_en = "Head of a lane"
# at = ["lane"]
# heads = true        # 对本单位负责，组织页上作为负责人列出
# rights = [{ right = "request.open", reach = "own", level = 2 }]
"""  # data

REQUEST = """\
# 居民诉求在本区不同于 base 的地方：时限、类别、句子。没有写的照 base。
source = "district"

# 改一个时限：几天答复。单位可以是 minutes、hours、days、workdays、work hours
# [[procedure.request.clock]]
# name = "answer_by"
# limit = "3 workdays"

# 加一类事（英文写在同一个包里任何文件的 [english.procedure.request.kind.river] 下）
# [[procedure.request.kind]]
# name = "river"
# title = "河道"
# hint = "漂浮物、排污、护栏。有人落水请先拨 119。"
# urgent = true

# 去掉用不着的
# [procedure.request]
# remove = ["kind.noise"]
"""  # data

WORDS = """\
# 本区的叫法。左边的名字不要改，右边写本区怎么说；每个中文词要有英文。
# [words]
# party_group = "巷道党小组"

# [words.en]
# party_group = "Lane Party group"
"""  # data

FAMILY = """\
# <<said>>。一种新的事：有人发起，承办的单位在时限里答复，发起的人认定。
# 改完运行  baodao pack check；走一遍  baodao pack try 包名 <<name>>
# 哪一项是示例就在那一项里写 source = "assumed"，屏幕上会标 示例，待核定
source = "district"

[procedure.<<name>>]
title = "<<said>>"
summary = "这里写一两句：给谁用，怎么开始，怎么算完。"
level = 1                     # 0 公开 · 1 管得着的工作人员 · 2 只有经办的人 · 3 只有点名的人
stages = ["open", "ended"]    # 阶段；第一个开始，最后一个结束
legs_end = ["ruled"]          # 承办走到哪一步算完

# ---- 是哪一类（可以没有） ----
# [[procedure.<<name>>.kind]]
# name = "small"
# title = "小件"

# ---- 时限：从哪个事实到哪个事实；到期由系统办 lapse 那个动作 ----
[[procedure.<<name>>.clock]]
name = "answer_by"
title = "答复期限"
on = "leg"
limit = "<<limit>>"
start = "leg_called"
stop = ["leg_answered", "leg_ruled", "acted.be_late"]
lapse = "be_late"

[[procedure.<<name>>.clock]]
name = "judge_by"
title = "认定期限"
on = "leg"
limit = "5 workdays"
start = "leg_answered"
stop = ["leg_ruled", "acted.redo"]
lapse = "unjudged"

[[procedure.<<name>>.clock]]
name = "end_by"
title = "最长期限"
on = "matter"
limit = "60 days"
start = "opened"
stop = "closed"
lapse = "unfinished"
pausable = false
promised = false              # 动作里说好的日子（promises）不改这个时限

# ---- 动作：谁（who）在哪一步（from）能办，要填什么（fields），句子（reads），之后怎样（then） ----
# 字段写法见 docs/blocks.md：text longtext code:a|b date datetime money int place post org file checklist table scores milestones …；末尾加 ? 可不填
[[procedure.<<name>>.action]]
name = "open"
title = "发起"
who = ["right(<<name>>.open)"]
fields = { title = "text", text = "longtext?", org = "org", file = "file?" }
then = [{ call = "lead", to = "chosen" }]
tells = ["leg"]
reads = "“{title}”由{org}办，{due}前答复。"

[[procedure.<<name>>.action]]
name = "answer"
title = "办好了，答复"
on = "leg"
from = ["called", "late"]
who = ["leg"]
fields = { result = "longtext", photo = "file?" }
sets = { claim = "done" }
tells = ["caller"]
reads = "{org}答复：{result}"

[[procedure.<<name>>.action]]
name = "accept"
title = "认定：可以"
on = "leg"
from = "answered"
to = "ruled"
who = ["caller"]
when = [{ other_person_than = "leg_answered" }]
records = "leg_ruled"
fields = { note = "text?" }
sets = { verdict = "accepted" }
then = [{ goto = "ended" }]
tells = ["leg"]
reads = "可以了。{note}"

[[procedure.<<name>>.action]]
name = "redo"
title = "认定：再办"
on = "leg"
from = "answered"
to = "called"
who = ["caller"]
fields = { reason = "text" }
then = [{ clock_start = "answer_by" }]
tells = ["leg"]
reads = "请再办：{reason}"

[[procedure.<<name>>.action]]
name = "call_off"
title = "不办了"
from = "open"
who = ["caller"]
records = "closed"
fields = { reason = "text" }
sets = { outcome = "called_off" }
then = [{ goto = "ended" }]
tells = ["leg"]
reads = "不办了：{reason}"

[[procedure.<<name>>.action]]
name = "be_late"
title = "过了时限"
on = "leg"
from = "called"
to = "late"
who = ["system"]
tells = ["leg", "superior_of_holder"]
reads = "{org}过了时限，上级知道了。"

[[procedure.<<name>>.action]]
name = "remind"
title = "催一次"
on = "leg"
from = "late"
to = "called"
who = ["caller"]
then = [{ clock_start = "answer_by" }]
tells = ["leg", "superior_of_holder"]
reads = "催了一次，时限重新算。"

[[procedure.<<name>>.action]]
name = "unjudged"
title = "到期没有认定"
on = "leg"
from = "answered"
to = "ruled"
who = ["system"]
records = "leg_ruled"
sets = { verdict = "unjudged" }
then = [{ goto = "ended" }]
tells = ["caller"]
reads = "到期没有人认定，如实记下，不算通过。"

[[procedure.<<name>>.action]]
name = "unfinished"
title = "一直没有办完"
from = "open"
who = ["system"]
records = "closed"
sets = { outcome = "unfinished" }
then = [{ goto = "ended" }]
tells = ["caller", "leg"]
reads = "一直没有办完，如实记下。"

# ---- 词：屏幕上怎么叫 ----
[procedure.<<name>>.words]
"stage.open" = "在办"
"plain.open" = "正在办"
"stage.ended" = "已结束"
"plain.ended" = "已经结束"
"state.called" = "等答复"
"state.late" = "过了时限"
"state.answered" = "等认定"
"state.ruled" = "认定了"
"field.title" = "一句话"
"field.text" = "内容"
"field.org" = "由哪个单位"
"field.file" = "文件"
"field.result" = "办得怎样"
"field.photo" = "照片、文件"
"field.note" = "说明"
"field.reason" = "理由"
"value.done" = "办好了"
"value.accepted" = "可以"
"value.unjudged" = "没有人认定"
"value.called_off" = "不办了"
"value.unfinished" = "没有办完"

# ---- 权限：哪些岗位能办。reach：own 本单位的 · below 本单位和下级的 · legs 派给本岗位的 ----
[grant.<<name>>_open]
posts = ["<<opens>>"]
rights = ["<<name>>.*"]
reach = "own"
level = 1

[grant.<<name>>_answer]
posts = ["handler", "office_head", "department_head", "community_secretary"]
rights = ["<<name>>.answer"]
reach = "legs"
level = 1

[grant.<<name>>_system]
posts = ["system"]
rights = ["<<name>>.*"]
reach = "any"
level = 3
"""  # data

FAMILY_EN = """\
# <<name>>.toml 里每一处中文的英文，路径相同；名单按 name。

[english.procedure.<<name>>]
title = "<<said_en>>"
summary = "One or two sentences: for whom, how it begins, when it is done."

[english.procedure.<<name>>.clock]
answer_by = { title = "Answer by" }
judge_by = { title = "Judge by" }
end_by = { title = "At the latest by" }

[english.procedure.<<name>>.action.open]
title = "Begin"
reads = "“{title}” is with {org}, to be answered by {due}."

[english.procedure.<<name>>.action.answer]
title = "Done: answer"
reads = "{org} answers: {result}"

[english.procedure.<<name>>.action.accept]
title = "Accept"
reads = "Accepted. {note}"

[english.procedure.<<name>>.action.redo]
title = "Do it again"
reads = "Please do it again: {reason}"

[english.procedure.<<name>>.action.call_off]
title = "Call off"
reads = "Called off: {reason}"

[english.procedure.<<name>>.action.be_late]
title = "Past its limit"
reads = "{org} is past its limit; its superior knows."

[english.procedure.<<name>>.action.remind]
title = "Remind once"
reads = "Reminded; the limit runs anew."

[english.procedure.<<name>>.action.unjudged]
title = "Nobody judged in time"
reads = "Nobody judged in time; written down as that, not as accepted."

[english.procedure.<<name>>.action.unfinished]
title = "Never finished"
reads = "It was never finished; written down as that."

[english.procedure.<<name>>.words]
"stage.open" = "Under way"
"plain.open" = "It is under way"
"stage.ended" = "Ended"
"plain.ended" = "It has ended"
"state.called" = "awaiting its answer"
"state.late" = "past its limit"
"state.answered" = "awaiting the verdict"
"state.ruled" = "judged"
"field.title" = "In one line"
"field.text" = "What it is about"
"field.org" = "By which office"
"field.file" = "Files"
"field.result" = "How it went"
"field.photo" = "Photos, files"
"field.note" = "Remark"
"field.reason" = "Reason"
"value.done" = "done"
"value.accepted" = "accepted"
"value.unjudged" = "nobody judged"
"value.called_off" = "called off"
"value.unfinished" = "not finished"
"""  # data
