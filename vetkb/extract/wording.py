"""规定的语气 — What each sentence does: oblige, encourage, permit, forbid, set a goal, threaten or reward, or describe.

Force words count where they are words of their own: 要 not in 主要, 重要, 需要, 要求; 支持 not in 支持政策. A sentence is
forbidding if anything in it is forbidden, a consequence if it says what follows from conduct; else its first force
word at the head of a clause decides. 公文 direct mostly by bare imperatives (加快…, 完善…, 落实…): these are obligations
too, and the verb is kept as the force word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vetkb.extract.passages import readings
from vetkb.extract.phrases import Phrase, PhraseRule, PhraseTable
from vetkb.model import Document, Modality, Sentence, Statement
from vetkb.text import Finding, Quote, Source

RULES: tuple[PhraseRule, ...] = (
    PhraseRule(
        "prohibition",
        r"不得(?!不|已|了|力)|严禁|禁止(?!性)|不准(?!确)|不许|不可以|不应(?!有)|不能(?!力|够不)|严格禁止|一律不|不宜(?!居|[\u4e00-\u9fa5]{1,6}的)"
        "|不再(?=新建|新增|审批|批准|安排|受理|核准|增加|扩大|列支|享受|收取)",
        (("不得同时领取", "不得"), ("严禁违规", "严禁"), ("原则上不再新建锅炉", "不再")),
        ("实现不了", "不再是主要矛盾"),
    ),
    PhraseRule(
        "modal-obligation",
        r"要(?!素|求|点|闻|紧(?!紧|密|扣|跟|抓|盯)|领|件|义|塞|害|务|么|是|约|目|旨|诀|强|道|地|案|价|挟|职|不得|不然)(?<![主重需纲摘纪概首必提只不简扼次险机]要)(?<!想要)(?<!(?<![财民邮行党])政要)"
        r"|应当|应(?!用|急|对|届|聘|收|付|有尽有|有的|该|变|酬|邀|运|验|力|需|纳税|缴|诉|征|激|税|享尽|保尽|救尽|补尽|治尽|纳尽|检尽|退尽|接|时|运而生|具备)(?<![相适供响反效感对回呼因]应)(?<!本应)"
        r"|必须(?!品)|务必|须(?!知|要|臾)(?<![必无急]须)|均应|有责任|负责(?=组织|制定|落实|推进|牵头)|一律(?!不|平等)"
        r"|(?<![急亟所供刚内必])需(?=[于在经按报由将向]|提供|提交|具备|满足|符合)(?!求)",
        (
            ("各县（市、区）要结合当地财力", "要"),
            ("各级财政要加大投入", "要"),
            ("学校应当公开信息", "应当"),
            ("必须把稳就业放在突出位置", "必须"),
            ("基金应优先提供担保", "应"),
            ("各单位需于3月底前上报", "需"),
            ("新建住宅一律配建充电桩", "一律"),
        ),
        ("主要目标任务", "重要作用", "外国政要来访", "需要加强", "有关要求", "诉讼要素", "适应不同群体", "应用型本科", "供应链"),
    ),
    PhraseRule(
        "permission",
        r"允许|准许|可以(?!说)|可(?!持续|靠|行|再生|能|见|信|控|追溯|比|视|复制|支配|观|溯|及|靠性|分解|降解|燃|用|操作|预期|量化|循环|耕|调|管|感)(?<![许认不宁]可)|(?<!所)有权(?!、)",
        (("允许企业等参股", "允许"), ("可申请最高不超过15万元的贷款", "可"), ("也可以选择由双方扣除", "可以")),
        ("可持续发展", "许可证", "认可度", "不可或缺"),
    ),
    PhraseRule(
        "encouragement",
        r"鼓励(?!政策|措施|类|性)|支持(?!政策|力度|措施|体系|下|性|服务体系|作用|和引导政策)(?<![大技策金撑予给]支持)(?<![取得予以给予重点大力]支持政)|(?<!政府|市场|政策|党建|规划|资金|财政)引导(?!性|员|基金|作用|机制"
        r"|政策)(?<![政策向]引导)|探索(?!性|实践|出)|倡导|提倡|推荐(?=使用|采用)",
        (
            ("鼓励职业院校以团队方式", "鼓励"),
            ("支持安阳工学院建设", "支持"),
            ("探索建立制度", "探索"),
            ("积极引导职业院校学生参加", "引导"),
        ),
        ("校企合作支持政策", "加大支持力度", "政策引导"),
    ),
    PhraseRule(
        "aim", r"力争|争取(?!利益)|努力(?=实现|形成|使|做到|建成|达到)", (("力争实现新突破", "力争"), ("努力形成格局", "努力"))
    ),
    PhraseRule(
        "assurance",
        r"(?:切实)?确保(?!障)|(?<!重要)(?<!根本)(?<!的)保证(?!金|人|书|保险|责任|。|，)",
        (("确保到2018年完成", "确保"),),
        ("保证金制度",),
    ),
    PhraseRule(
        "duty",
        r"负(?:总)?责(?!人|制|同志|单位|部门|清单|领导|人员|任)|牵头(?!单位|部门|人|医院|制定的|高校|企业)|承担(?=[^，。；]{0,12}(?:责任|职责|经费|费用))",
        (("教育部门负责教育教学管理", "负责"), ("各级政府负总责", "负总责"), ("市发展改革委牵头", "牵头")),
        ("主要负责人", "牵头单位：", "承担国家任务"),
    ),
)
TABLE = PhraseTable(RULES, "(?=[不严禁一要应必务须需均有负牵承允准可鼓支引探倡提推力争努确切保])")

_MODALITY: dict[str, Modality] = {
    "prohibition": "prohibition",
    "modal-obligation": "obligation",
    "permission": "permission",
    "encouragement": "encouragement",
    "aim": "goal",
    "assurance": "obligation",
    "duty": "obligation",
}

CONSEQUENCES: tuple[PhraseRule, ...] = (
    PhraseRule(
        "sanction",
        r"取消(?=[^，。；]{0,24}资格)|通报批评|追究(?=[^，。；]{0,20}责任)|问责(?!制)|严肃处理|严肃查处|予以处分|给予(?=[^，。；]{0,10}处分)|约谈|一票否决"
        r"|不予(?=[^，。；]{0,12}(?:安排|拨付|支持|认定|享受))|纳入(?=[^，。；]{0,10}(?:黑名单|失信))|依法(?:依规)?(?:处理|查处|处罚)|联合惩戒|责令|吊销|没收|处[^，。；]{0,24}罚款|并处",
        (
            ("取消其特色院校建设资格", "取消"),
            ("市政府将予以通报批评", "通报批评"),
            ("依法追究有关人员责任", "追究"),
            ("由主管部门责令限期改正", "责令"),
        ),
        ("取消行政审批", "开展约束性考核"),
    ),
    PhraseRule(
        "reward",
        r"(?:予以|给予)(?:通报)?(?:表彰|表扬|奖励|褒奖|嘉奖|重点扶持|激励)|(?<=的)(?:，)?(?:按照[^，。；]{0,20})?(?:予以|给予)(?:重点)?扶持|表彰奖励|通报表扬",
        (("对成绩突出的企业予以表彰", "予以表彰"), ("对项目给予重点扶持", "给予重点扶持")),
        ("表彰大会",),
    ),
    PhraseRule(
        "basis-of-judgement",
        r"作为(?=[^，。；]{0,40}(?:重要)?(?:依据|参考|内容|指标)(?:[，。；]|$))(?<![把将]其作为主要)",
        (("督查结果作为评先评优的重要依据。", "作为"),),
        ("作为先进典型",),
    ),
)
CONSEQUENCE_TABLE = PhraseTable(CONSEQUENCES, "(?=[取通追问严予给约一不纳依联责的，表作])")

_ADVERB = (
    "深入|大力|着力|切实|充分|持续|继续|认真|严格|重点|广泛|稳步|有序|逐步|不断|进一步|积极|"
    "全面|牢固|定期|抓紧|加快|主动|及时|尽快|扎实|深度|共同|坚决|高度|因地制宜|有效|统一|依法|科学|合理|统筹"
)
_VERB = (
    "狠抓|授予|成立|加快|加强|加大|加速|完善|落实|推进|推动|推行|推广|深化|实施|建立|健全|构建|强化|优化|创新|拓展|扩大|提高|提升|改善|改革|改造|规范|促进|统筹|组织|开展|坚持|发挥|抓好|做好|做优|做强|做大|办好|打造|培育"
    "|培养|建设|发展|设立|营造|"
    "采取|引进|吸引|集聚|汇聚|明确|制定|制订|修订|出台|编制|完成|实现|实行|增强|增加|夯实|巩固|保障|保护|保持|调整|整合|盘活|搭建|打通|打击|打好|畅通|破除|压实|指导|督促|监督|考核|评估|宣传|弘扬|运用|利用"
    "|动员|调动|安排|开发|研究|"
    "研发|攻克|布局|启动|建成|创建|创制|简化|精简|取消|下放|放宽|放开|授权|赋予|对接|聚焦|依托|树立|贯彻|公布|公开|补齐|延伸|选派|引育|共建|重视|突出|注重|围绕|支撑|遴选|扶持|壮大|按照|发放|给予|参照|结合"
    "|形成|丰富|减少|降低|控制|"
    "严控|守住|防范|化解|防止|清理|整治|治理|解决|处理|查处|通报|报告|报送|备案|收集|汇总|梳理|分析|适当|合并|衔接|融合|配备|配置|选拔|聘请|招聘|开通|开放|提供|优先|服务|立足|对标|把握|维护|尊重|执行|履行"
    "|免征|减征|减半征收|行使|设置|确定|统一|细化|量化|总结|复制|试点|试行"
)
_DIRECT = re.compile(rf"(?:{_ADVERB}){{0,4}}(?P<verb>{_VERB})|(?P<adverb>(?:{_ADVERB}){{1,4}})")
_LED_VERB = re.compile(_VERB + "|纳入|下放|列支|列为|扩大到|推介|支付|扣除|受理|移出|减免|免征|减征|减半征收|作为")
_ONLY_MARK = re.compile("[（(]?[一二三四五六七八九十0-9]{1,4}[)）、.．]?")
_CLAUSE_HEAD = re.compile(r"(?:^|[，；,;])")
_DESCRIBES = re.compile(
    r"^(?:[^，。；]{1,24}(?:是指|(?<![别其不就还凡总])是(?!否)|包括|分为|由[^，]{1,60}组成)|计算方法|指标来源|[^，]{0,16}[：:]$)"
)
# what a document is for says nothing that is to be done, whatever it is to assure
_PREAMBLE = re.compile("为[^。]{4,400}(?:制定|提出|作出|通知|现)[^，。]{0,12}(?:如下|以下|本)")
_NOTE = re.compile(r"^[（(].*[)）]。?$", re.DOTALL)
_LED = re.compile(r"(?:在|将|把|对|从|由|与|按|于|依托|支持|为|以(?![上下来内及外后前]))(?!于)")
# A public body as the subject of a plain verb lays down what it does: 省财政对试点县给予补助.
_BODY = re.compile(
    r"^(?:[\u4e00-\u9fa5、（）()]{0,36}?(?:部门|政府|财政|机关|机构|主管部门|委员会|办公室|小组|各地|地区|各单位|各省份|党委|国家|中央|[省市县区][\u4e00-\u9fa5]{2,8}[局委办厅]))"
    r"(?![\u4e00-\u9fa5]{0,3}(?:的|和|及|、))"
)
_BODY_VERB = re.compile(
    "(?:每年|定期|统一|依法|按照?[^，。；]{1,20}|对[^，。；]{1,30}|根据[^，。；]{1,20}|在[^，。；]{1,20}|会同[^，。；]{1,20}|从[^，。；]{1,20}|将[^，。；]{1,24}|通过[^，。；]{1,20}){0,2}"
    "(?P<verb>给予|予以|实施|实行|组织|开展|制定|建立|负责|安排|编制(?!工作|部门)|做好|抓好|办理|设立|发布|公布|审批|核定|确定|拨付|补助|奖励|受理|审核|监督|检查|指导|协调|下达|推荐|报送|报告|完成|提供|出台|落实|承担|管理|考核|评估|监测|纳入)"
)
_TOLD = re.compile("近年来|以来|已经?|取得|目前|当前|仍|了[，。]|存在|显著|明显|高度重视|先后")
_DUE = re.compile(r"(?:底|日|月|年)前|年起|每年|每季度|到20[0-9]{2}年|内(?=完成|制定|建立|出台)")
_LED_REACH = 70
_GOAL = re.compile(r"(?:到|至|在)?(?:20[0-9]{2}|二〇[〇一二三四五六七八九]{2})年|“十[一二三四五六七八九]五”|今年|年底")
_LEVEL = re.compile(
    r"达到|基本满足|满足|建成|形成|实现|提升|提高|完善|超过|突破|齐全|解决|初步建立|基本建立|明显|显著|稳定在|增强|更加|增加|打造|取得|打造成为"
)
_STATE = re.compile(r"(?:更加|明显|显著|进一步|持续|全面|大幅|基本|初步|不断)[\u4e00-\u9fa5]{2,8}(?:[，。；]|$)")


@dataclass(frozen=True, slots=True)
class _Read:
    """How a sentence is read; `start` is below zero where no word carries it."""

    modality: Modality
    start: int
    end: int
    rule: str


def find_force_words(text: str) -> list[Phrase]:
    """Return every force word of a text that is a word of its own, with the rule that claims it.

    >>> [p.match.group() for p in find_force_words("主要任务：各地要鼓励企业参与，允许入股，需要时可支持")]
    ['要', '鼓励', '允许', '可', '支持']
    """
    return list(TABLE.scan(text))


def extract_statements(document: Document, source: Source) -> tuple[tuple[Statement, ...], tuple[Finding, ...]]:
    """Return one statement a sentence of running text, in text order."""
    statements: list[Statement] = []
    framed = False
    for reading in readings(document, source):
        if reading.sentence is None or _ONLY_MARK.fullmatch(reading.text):
            continue
        framed = framed and (reading.continues or reading.text.startswith("——"))
        read = read_sentence(reading.text, framed)
        framed = framed or read.rule == "goal-by-date"
        force = reading.quote(source, read.start, read.end) if read.start >= 0 else None
        evidence = _whole(document.sentences[reading.sentence], source)
        statements.append(Statement(reading.sentence, reading.item, evidence, read.modality, force, read.rule))
    return tuple(statements), ()


def _whole(sentence: Sentence, source: Source) -> Quote:
    """Quote a sentence; where nothing interrupts it, its own text is the quotation, and is kept once."""
    span = sentence.span
    unbroken = len(sentence.text) == len(span)
    return Quote(span.start, span.end, sentence.text if unbroken else source.text[span.start : span.end])


def read_sentence(text: str, framed: bool = False) -> _Read:
    """Read the modality of one sentence; `framed`: the paragraph was opened by the date of a goal.

    >>> read_sentence("对绩效考核不达标的院校，取消其建设资格。").modality
    'consequence'
    >>> read_sentence("到2018年年底，职业教育规模基本满足需求。").modality, read_sentence("加快推进改革。").modality
    ('goal', 'obligation')
    >>> read_sentence("就业是最大的民生。").modality
    'description'
    """
    if _NOTE.match(text):
        return _Read("description", -1, -1, "responsibility-note")
    words = find_force_words(text)
    forbidden = next((w for w in words if w.rule == "prohibition"), None)
    if forbidden is not None:
        return _Read("prohibition", forbidden.start, forbidden.end, "prohibition")
    consequence = next(iter(CONSEQUENCE_TABLE.scan(text)), None)
    modal = next((w for w in words if w.rule == "modal-obligation"), None)
    if consequence is not None and (modal is None or consequence.rule != "basis-of-judgement"):
        return _Read("consequence", consequence.start, consequence.end, consequence.rule)
    if modal is not None:
        return _Read("obligation", modal.start, modal.end, modal.rule)
    if _PREAMBLE.match(text):
        return _Read("description", -1, -1, "preamble")
    goal = _goal(text, framed)
    if goal is not None:
        return goal
    return _first_at_head(text, words)


def _goal(text: str, framed: bool) -> _Read | None:
    """到N年…达到: a date that opens the sentence, or the paragraph, and a level to reach."""
    if framed and not _DIRECT.match(text) and _STATE.search(text) is not None and _LEVEL.search(text) is None:
        return _Read("goal", -1, -1, "state-to-reach")
    opening = _GOAL.match(text) is not None or (framed and not _DIRECT.match(text))
    level = _LEVEL.search(text) if opening else None
    if level is not None:
        return _Read("goal", level.start(), level.end(), "goal-by-date")
    if "，" in text and not _DIRECT.match(text) and len(_STATE.findall(text)) >= 2:
        return _Read("goal", -1, -1, "state-to-reach")
    return None


def _led(text: str) -> _Read | None:
    """An imperative behind a phrase of place, object or time: 在脱贫地区建设…, 将权限下放至…, 该项工作于4月底前完成."""
    due = _DUE.search(text, 0, _LED_REACH)
    if due is None and (_LED.match(text) is None or "，是" in text):
        return None
    verb = _LED_VERB.search(text, due.end() if due is not None else 1, _LED_REACH)
    return _Read("obligation", verb.start(), verb.end(), "led-imperative") if verb is not None else None


def _by_a_body(text: str) -> _Read | None:
    """A public body as the subject of a plain verb; what is told of the past is none."""
    subject = _BODY.match(text)
    if subject is None or _TOLD.search(text) is not None:
        return None
    verb = _BODY_VERB.match(text, subject.end())
    return _Read("obligation", verb.start("verb"), verb.end("verb"), "body-and-verb") if verb is not None else None


def _first_at_head(text: str, words: list[Phrase]) -> _Read:
    """The first clause that directs decides: by a force word at its head, or by a bare imperative."""
    by_place = {w.start: w for w in words}
    described = _DESCRIBES.match(text) is not None
    for clause in _CLAUSE_HEAD.finditer(text):
        head = clause.end()
        for at in range(head, min(head + 7, len(text))):
            word = by_place.get(at)
            if word is not None:
                return _Read(_MODALITY[word.rule], word.start, word.end, word.rule)
            if text[at] in "，。；：“”":
                break
        verb = _DIRECT.match(text, head)
        if verb is not None and not described:
            group = "verb" if verb["verb"] else "adverb"
            return _Read("obligation", verb.start(group), verb.end(group), "bare-imperative")
    led = None if described else _led(text)
    if led is not None:
        return led
    if not words and not described:
        body = _by_a_body(text)
        if body is not None:
            return body
    if words:
        return _Read(_MODALITY[words[0].rule], words[0].start, words[0].end, words[0].rule)
    return _Read("description", -1, -1, "description")
