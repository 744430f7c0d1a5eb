"""What a single line of an official document looks like: number, date, addressee, title, imprint.

Forms after GB/T 9704-2012 and what offices and their sites print besides. Each test reads one line, in one form of
figures and punctuation (`one_form`), and knows nothing of its neighbours.
"""

from __future__ import annotations

import re

from vetkb.zh.marks import read_mark

_YEAR_HAN = r"[〇○ＯOo零0一二三四五六七八九]{4}"
DATE = (
    r"(?:\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日"
    rf"|{_YEAR_HAN}\s?年\s?[一二三四五六七八九十]{{1,3}}\s?月\s?[一二三四五六七八九十]{{1,3}}\s?日)"
)
DATE_LINE = re.compile(DATE + r"$")
BRACKET_DATE = re.compile(r"\(\s*" + DATE + r".{0,160}\)$")
SIGNED_DATE = re.compile(r"([^\s,。;:]{2,30})\s+(" + DATE + r")$")

# 发文字号: 国办发〔2018〕2号, (国发[1998]12号), 签发人 on either side, 〔2021〕15号 of minutes, 第12号 of orders.
_NUMBER = r"(?P<number>[^\s\d,。;、()\[\]《》:]{0,15}\s?(?:\[\s*[12]\d{3}\s*\]|\(\s*[12]\d{3}\s*\))\s*第?\s*\d{1,5}\s*号)"
NUMBER_LINE = re.compile(
    rf"(?:签发人\s*:\s*\S{{2,10}}\s+)?(?:(?:发文字号|发文文号|文\s*号|编\s*号)\s*:\s*)?\(?{_NUMBER}\)?(?:\s+签发人.{{0,30}})?$"
)
# (国办发〔2000〕10号 二○○○年一月二十七日), 2001年12月5日 财建〔2001〕899号: the number and the date of the document in one line.
NUMBER_DATED = re.compile(
    rf"\(?\s*(?:{_NUMBER}[\s,;]{{0,4}}{DATE}|{DATE}[\s,;]{{1,4}}{_NUMBER.replace('?P<number>', '?P<behind>')})\s*\)?$"
)
ORDER_NUMBER = re.compile(r"(?:[12]\d{3}\s?年\s?)?第\s*(?:\d{1,5}|[〇零一二三四五六七八九十百]{1,6})\s*号$")

# The head of an order below the title of what it puts into force: 中华人民共和国国务院令
ORDER_HEAD = re.compile(r"[^\s,。;:《》]{2,40}令$")

ANNEX_MARK = re.compile(r"附\s*[件表录]\s*(\d{1,2}|[一二三四五六七八九十]{1,2})?\s*(?:-\s*\d{1,2})?\s*:?$")
ANNEX_TITLED = re.compile(r"附\s*[件表]\s*(\d{1,2}|[一二三四五六七八九十]{1,2})?\s*[:.、\s]\s*[^\s,。;]{4,60}$")
ANNEX_LIST = re.compile(r"附\s*(?:件|表)?\s*\d*\s*:\s*\S|附\s*件\s*\d{1,2}\s*[.、]\s*[^\s,。;]{2,60}$")

# 版记 and what is printed with it.
IMPRINT = re.compile(r"(?:抄送|抄报|分送|报送|主题词|信息公开选项|打字|校对|共印)(?:单位|部门)?\s*:")
SPONSORED = re.compile(r"(?:主办|承办)(?:单位|部门)?\s*:")  # of the document where the imprint follows, else of an event
CONTACT = re.compile(r"(?:联\s*系\s*人|联系电话|联系方式|电子邮箱|通讯地址|责任编辑|公开方式|监督电话)\s*:")
COPIED = re.compile(r"(?:抄送|抄报|分送)\s*[:：]\s*")
PRINTED = re.compile(r"(?:.{0,40}\s)?" + DATE + r"\s*印(?:发|制)?$")
COPIES = re.compile(r"\(?\s*共印\s*\d+\s*份\s*\)?$")
NOTE = re.compile(r"\([^()]{2,60}\)$")
NOTE_WORD = re.compile(r"公开|删减|发至|传达|登报|印发|联系|附注|此件|不发")
REMARKS = re.compile(r"(?:备\s*注|注|说明|填表说明|注释)\s*\d?\s*:")

# 责任单位：… below a clause is a line of its own, whatever stands above it.
LABELLED = re.compile(
    r"(?:主要|其他|具体|共同)?(?:牵头|责任|负责|配合|参与|参加|协办|主办|承办|协同|指导|完成|实施)+(?:单位|部门|处室|机构|时限|时间)(?:及[^:]{0,8})?\s{0,2}:"
)

# What sites print above and below the text of a document.
SITE_LINE = re.compile(
    r"(?:新华社.{0,20}电|(?:来源|发布时间|发布日期|发布机构|索\s*引\s*号|主题分类|信息分类|发文机关|成文日期|生成日期|标\s*题|名\s*称|有\s*效\s*性"
    r"|公文种类|体裁分类|服务对象|公开范围|浏览次数|浏览量|作者|编辑|审核|字体|字号|分享到|失效日期|生效日期|关键词)\s*:.{0,120}"
    r"|\[?\s*字体\s*:.{0,20}|打印本页|关闭窗口|打印|关闭|扫一扫.{0,30})$"
)

# A site's table above the text, copied as lines: 索 引 号 MB15… 发文日期 2023-01-03;  • 发文字号:
SITE_LABEL = re.compile(
    r"[•·●◆■□▪*\s]{0,4}(?:索\s?引\s?号|组配分类|主题分类|信息分类|分\s{0,6}类|发布机构|发文机构|发文机关|制定机关|发文日期|成文日期|发布日期|生成日期|公开日期|生效日期"
    r"|失效日期|废止日期|发文字号|文\s{0,6}号|字\s{0,6}号|标\s{0,6}题|名\s{0,6}称|有\s?效\s?性|时\s?效\s?性|内容概述|主\s?题\s?词|公开方式|公开范围|公开属性|体裁|来\s{0,2}源"
    r"|信息来源|浏览次数|关\s?键\s?词)(?:\s*[:|]|\s+\S|$)"
)
SITE_NUMBER = re.compile(rf"(?:发文字号|发文文号|文\s*号|字\s*号)[\s:|]*{_NUMBER}")
SITE_TIME = re.compile(r"\d{4}[-/年.]\d{1,2}[-/月.]\d{1,2}日?\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s.{0,60})?$")

_ADDRESSEE_WORD = re.compile(r"政府|部门|单位|机构|[委局厅办院会]|公司|学校|高校|企业|银行|各地|同志|代表|委员")
_NO_ADDRESSEE = re.compile(r"[。《]|如下|以下|现将|根据|为了|为(?:进一步|贯彻|做好|加强)|^关于|请示$|意见$")
ISSUER = re.compile(
    r"(?:国务院|政府|办公厅|办公室|委员会|人大常委会|中央|指挥部|领导小组|管理局|总局|局|部|厅|委|署|会|院|中心|集团|公司|银行|大学|学校|总队|支队)"
    r"(?:\(.{1,12}\))?$"
)
SIGNER = re.compile(
    r"(?:主\s?席|总\s?理|部\s?长|省\s?长|市\s?长|县\s?长|区\s?长|州\s?长|主\s?任|局\s?长|厅\s?长|署\s?长|行\s?长|院\s?长)\s{1,6}\S[\s\S]{1,8}$"
)

# The 15 kinds of 《党政机关公文处理工作条例》 and what else practice puts at the end of a title.
GENRES = (
    "决议", "决定", "命令", "令", "公报", "公告", "通告", "意见", "通知", "通报", "报告", "请示", "批复", "议案", "函", "纪要",
    "方案", "计划", "规划", "纲要", "要点", "办法", "细则", "规定", "措施", "条例", "规则", "清单", "指南", "目录", "标准",
)  # fmt: skip
TITLE_ENDS = (
    *GENRES,
    *("政策", "讲话", "总结", "制度", "章程", "守则", "说明", "名单", "表", "台账", "解读", "书", "协议", "答复", "预案", "机制"),
    *("通则", "准则", "规程", "规范", "导则", "指引", "建议", "安排", "部署", "分工", "批示", "任务", "事项"),
)
_TITLE_TAIL = re.compile(r"\([^()]{1,40}\)$")
_ABOUT = re.compile(r"关于|印发|转发|批转|发布|公布")
_LONG_LINE = 60


def is_addressee(text: str) -> bool:
    """各县（市、区）人民政府，市直各单位：   某省人民政府："""
    if "。" in text or read_mark(text) or text.startswith("附"):
        return False
    if text[-1] == ":":
        return bool(_ADDRESSEE_WORD.search(text)) and not _NO_ADDRESSEE.search(text)
    return text.startswith("各") and text[-1] in ",、"


def may_open_addressees(text: str, following: list[str]) -> bool:
    """A line of addressees that goes on: one of the next lines ends with the colon."""
    if not _ADDRESSEE_WORD.search(text) or _NO_ADDRESSEE.search(text) or read_mark(text) or text[-1] in "。;:":
        return False
    if not (text.startswith("各") or "," in text or "、" in text):
        return False
    for line in following:
        if _NO_ADDRESSEE.search(line) or read_mark(line):
            return False
        if line[-1] == ":":
            return True
    return False


def starts_body(text: str) -> bool:
    """A numbered unit or a line that is plainly running text."""
    if read_mark(text):
        return True
    return "。" in text or len(text) > _LONG_LINE or text.startswith("——") or (text[-1] in ":,;" and len(text) > 12)


def is_header_text(text: str) -> bool:
    """The first words of a table's header."""
    return text.startswith(("序号", "序 号", "编号", "类别", "项目"))


def ends_title(text: str) -> bool:
    """A title is whole when it ends in a kind of document."""
    plain = text.rstrip()
    while (shorter := _TITLE_TAIL.sub("", plain).rstrip()) != plain and shorter:
        plain = shorter
    return "".join(plain[-4:].split()).endswith(TITLE_ENDS)


def speaks_of_title(text: str) -> bool:
    return bool(_ABOUT.search(text))
