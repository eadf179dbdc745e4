"""AWS Cost Explorer and OpenCost on loopback: costs by tag and day, and by label and day."""

from datetime import date, timedelta

from vendors import TOKEN, target

from faulty import json_answer


class FakeCostExplorer:
    type = "aws-cost-explorer"

    def __init__(self, count=3):
        self.options = {"access_key": "AKIDEXAMPLE", "secret_key": TOKEN}
        tag = "aws.amazon.com/cost-insights-tags"
        self.targets = [target(f"s{n}", annotations={tag: f"component=s{n}"}) for n in range(count)]
        self.count = count

    def __call__(self, request, wire):
        assert request.headers["x-amz-target"] == "AWSInsightsIndexService.GetCostAndUsage"
        asked = request.json()
        first, end = (date.fromisoformat(asked["TimePeriod"][name]) for name in ("Start", "End"))
        days = [first + timedelta(days=n) for n in range((end - first).days)]
        half = len(days) // 2
        is_second = asked.get("NextPageToken") == "page-2"
        page = days[half:] if is_second else days[:half]
        keys = [group["Key"] for group in asked["GroupBy"]]
        values = [*(f"s{n}" for n in range(self.count)), ""]
        amount = {"Amount": "2.5" if is_second else "2.0", "Unit": "USD"}
        results = [
            {
                "TimePeriod": {"Start": str(day), "End": str(day + timedelta(days=1))}, "Total": {}, "Estimated": day == days[-1],
                "Groups": [
                    {"Keys": [f"{key}${value}" for key in keys], "Metrics": {"UnblendedCost": amount}}
                    for value in values
                ],
            }
            for day in page
        ]  # fmt: skip
        json_answer(wire, {"ResultsByTime": results, **({} if is_second else {"NextPageToken": "page-2"})})


class FakeOpenCost:
    type = "opencost"

    def __init__(self, count=3):
        self.options = {"token": TOKEN, "currency": "EUR"}
        self.targets = [target(f"s{n}", annotations={"backstage.io/kubernetes-id": f"s{n}"}) for n in range(count)]
        share = {f"s{n}": {"name": f"s{n}", "totalCost": 1.25} for n in range(count)}
        self.days = [{**share, "__idle__": {"totalCost": 9.0}, "__unallocated__": {"totalCost": 4.0}} for _ in range(14)]

    def __call__(self, request, wire):
        assert request.path == "/allocation/compute"
        json_answer(wire, {"code": 200, "data": self.days})
