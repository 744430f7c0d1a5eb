"""定性目标 — Goals without a number: what is to become how (规模基本满足需求, 质量明显提升, 招生规模大体相当).

In a sentence that sets goals (到2018年年底，…) each part that names a state is one; elsewhere only words that name a
state and cannot be an order (基本满足, 大体相当, 基本达到…标准). What has a number is a target, not a goal.
"""

from __future__ import annotations

from typing import Final

from vetkb.extract.clause_rules import ClauseRule, Example

_SUBJECT = r"(?:^|(?<=[,。;:—]))(?:到[^,。;]{2,12},)?(?:促进|使|推动|确保|实现|切实落实|落实)?(?P<subject>[^,。;:0-9]{2,34}?)"
_DEGREE = "(?:基本|全面|明显|显著|更加|大幅|进一步|持续|不断|稳步|普遍|初步|有效|根本|总体|日益|较快|切实|大大|充分)"
_BECOMES = (
    "(?:满足[^,。;0-9]{0,12}|达到[^,。;0-9]{2,14}|提升|提高|增强|改善|优化|扩大|完善|加大|建立|形成|健全|紧密|缩小|普及|解决|消除|好转|降低|下降|减少|增加|实现"
    "|和谐稳定|合理|规范|成熟|突出|协调|均衡|稳定|定型|优良|拓展|活跃|充分|加快|建成|齐全|得到[^,。;0-9]{2,8})"
)
_STATE = (
    rf"(?:得到|保持)?(?:{_DEGREE}{_BECOMES}|取得[^,。;0-9]{{0,8}}(?:进展|成效|突破|成果)|大体相当"
    r"|达到[^,。;0-9]{0,10}(?:标准|要求|水平)|走在[^,。;0-9]{0,8}前列)"
)

GOALS: Final[tuple[ClauseRule, ...]] = (
    ClauseRule(
        "goal",
        "state-in-a-goal",
        f"{_DEGREE}|取得|大体相当|达到|走在",
        rf"{_SUBJECT}(?P<level>{_STATE})(?=的要求|[,。;]|$)",
        (
            Example("职业教育质量明显提升", ("subject=职业教育质量", "level=明显提升")),
            Example("职业教育规模基本满足需求", ("subject=职业教育规模", "level=基本满足需求")),
            Example("职业院校主要办学条件达到国家规定标准", ("subject=职业院校主要办学条件", "level=达到国家规定标准")),
        ),
        ("在校生规模达到5.7万人左右",),
    ),
)

STATES: Final[tuple[ClauseRule, ...]] = (
    ClauseRule(
        "goal",
        "state-by-its-words",
        "大体相当|基本满足|基本达到|总体平衡|总体稳定",
        r"(?:^|(?<=[,。;:]))(?:要|切实)?(?:切实)?(?:落实|确保|实现|保持)?(?P<subject>[^,。;:0-9]{2,34}?)"
        r"(?P<level>(?:保持)?(?:大体相当|基本满足[^,。;0-9]{0,12}|基本达到[^,。;0-9]{2,14}|总体平衡|总体稳定))(?=的要求|[,。;]|$)",
        (
            Example(
                "切实落实中等职业学校和普通高中招生规模大体相当的要求",
                ("subject=中等职业学校和普通高中招生规模", "level=大体相当"),
            ),
            Example("全市学校主要办学条件基本达到国家标准", ("subject=全市学校主要办学条件", "level=基本达到国家标准")),
        ),
        ("进一步提高质量",),
    ),
)
