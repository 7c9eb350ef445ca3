"""What the matters are about: the demo's grievances, each time at another company, road, day and figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from enterprises.demo.companies import BRAND, words
from enterprises.demo.grievances import BY_TOPIC, Grievance, grievances
from enterprises.models import Topic
from servicedesk.accounts.models import Office
from servicedesk.desk.bulk.declaring import Applicant, Values

# Under limits of their own: arrears, and the three urgencies. Of these only the plainest story is told.
PLAIN = ("solved",)
CLASSES = {"": (), "arrears": PLAIN, "production-stopped": PLAIN, "safety": PLAIN, "utilities-cut": PLAIN}
# Of the urgent texts so many are told as urgent; the others wait as anybody.
URGENT = 0.3
MORE = (
    "涉及{staff}名职工，已影响订单约{money}万元，盼尽快协调。",
    "上月{day}日曾电话反映过一次，对方答复正在研究，至今没有结果。",
    "我们在{road}{house}号，车间编号{brand}{number}，随时可以现场核实。",
    "合同编号{brand}-{number}，金额{money}万元，相关材料可以随时提供。",
    "{day}日前如不能解决，将影响与{brand}公司的交货，请帮助协调。",
    "联系{staff}家同行企业，都有类似情况，建议一并研究。",
)
THANKS = ("问题解决了，谢谢！", "办得很快，满意。", "工作人员到现场好几次，很负责。", "已解决。")


def matters(rng: Random, offices: Mapping[str, Office]) -> Callable[[Applicant], tuple[str, str, Values]]:
    """A function that gives the class, the office and the values of one more matter of an applicant."""
    every = grievances(rng)
    topics = dict(Topic.objects.values_list("code", "pk"))
    roads = words("road")

    def one(applicant: Applicant) -> tuple[str, str, Values]:
        facts = applicant.facts
        town = facts["town"]
        what = rng.choice(every).placed(town.code, town.name)
        figures = {
            "staff": rng.randrange(3, 400),
            "money": rng.randrange(2, 3000),
            "day": rng.randrange(1, 29),
            "road": rng.choice(roads),
            "house": rng.randrange(1, 400),
            "brand": "".join(rng.sample(BRAND, 2)),
            "number": f"{rng.randrange(10**6):06d}",
        }
        values: Values = {
            "title": what.text[:40],
            "sorted_title": f"{figures['brand']}：{what.title}" if rng.random() < 0.2 else what.title,
            "text": what.text + rng.choice(MORE).format_map(figures),
            "place": what.place,
            "contact": facts["company"][2:4] + "经理",
            "phone": facts["phone"],
            "company": facts["company"],
            "uscc": facts["uscc"],
            "opinion": what.opinion,
            "answer": what.answer,
            "unsolved": what.unsolved,
            "thanks": rng.choice(THANKS),
            "topic": topics[what.topic],
            "town": town.pk,
            "industry": facts["industry"],
        }
        office = what.office if what.office in offices else "gxj"
        return _class(what, rng), office, values

    return one


def _class(what: Grievance, rng: Random) -> str:
    if what.topic == "arrears":
        return "arrears"
    if what.urgency == "normal" or rng.random() > URGENT:
        return ""
    return BY_TOPIC.get(what.topic, "production-stopped")
