"""赋权 — What a text expressly allows somebody to do: 允许企业…, 失业人员可…, 赋予…自主权. Who is allowed must be named.

A thing cannot hold a right: 计划可以调整 and 抽查可采取…方式 say how something is done.
"""

from __future__ import annotations

from typing import Final

from vetkb.extract.clause_rules import ClauseRule, Example

_HOLDER = (
    "(?:企业|院校|学院|学校|高校|机构|公司|银行|个人|人员|单位|地区|地方|部门|政府|组织|试验区|保税区|合作社|农户|农民|医院|使用人|纳税人"
    "|义务人|劳动者|学生|毕业生|职工|职业者|居民|家庭|各地|各省|集体|村民|农场|商会|协会|大学|教师|医师|市场主体|申请人|当事人|员工)"
)
_NOT_INSIDE = "(?![\u5185\u5916\u7684、和及与所员户职业])"
_ONLY_AFTER = "(?:还|也|均|都|原则上)?"

RIGHTS: Final[tuple[ClauseRule, ...]] = (
    ClauseRule(
        "right",
        "allowed",
        "允许|准许",
        rf"(?<!不)(?:允许|准许)(?P<holder>(?:(?!从事|开展|按照|根据)[^,。;:]){{0,28}}?{_HOLDER})(?:等)?{_NOT_INSIDE}(?<!地方)(?P<right>[^。;]{{2,140}})",
        (
            Example(
                "允许企业等以土地、资本参股、入股,与职业院校共建产业学院,并享有相应权利",
                ("holder=企业", "right=以土地、资本参股、入股,与职业院校共建产业学院,并享有相应权利"),
            ),
            Example(
                "允许综合保税区内加工制造企业利用剩余产能承接委托加工",
                ("holder=综合保税区内加工制造企业", "right=利用剩余产能承接委托加工"),
            ),
        ),
        ("允许对境内入区的货物、物品实施便捷管理", "不允许企业污染"),
    ),
    ClauseRule(
        "right",
        "may",
        "可|有权",
        rf"(?:^|(?<=[,。;:]))(?:其中,)?(?P<holder>[^,。;:对]{{0,32}}?{_HOLDER})(?:等)?{_ONLY_AFTER}(?:可以|有权|可(?![能持靠行再信控追比视支溯及分燃用操预期量循耕调管感观见]))(?P<right>[^。;]{{2,140}})",
        (
            Example("各地可因地制宜适当放宽申请条件", ("holder=各地", "right=因地制宜适当放宽申请条件")),
            Example("扣缴义务人可以要求纳税人修改", ("holder=扣缴义务人", "right=要求纳税人修改")),
        ),
        ("年度抽查工作计划可根据实际调整", "抽查可以采取实地核查等方式", "企业可持续发展"),
    ),
    ClauseRule(
        "right",
        "right-given",
        "给予|赋予|授予",
        r"(?:给予|赋予|授予)(?P<holder>[^,。;、]{1,24}?)(?:更[大多]的?|充分的?|相应的?|一定比例的|一定的?|更加充分的?)(?P<right>[^,。;]{0,12}(?:自主权利?|权利|权限|决策权|使用权|处置权|收益权|经营权|所有权))",
        (Example("给予学校更大的办学自主权利", ("holder=学校", "right=办学自主权利")),),
        ("给予更大的自主权",),
    ),
)
