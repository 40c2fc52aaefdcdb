"""The construction plan: each step of its procedure is one route (articles 3, 6 and 9)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from mingjian.app import plans
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.places import Datum
from mingjian.governance.planning import MOST_DEPARTMENTS, MOST_ITEMS, Plan, PlanItem, PlanState, UrbanPlan
from mingjian.governance.systems import Builder
from mingjian.kernel.ids import UnitId
from mingjian.law.rulebook import Rulebook
from mingjian.web.clocks import PastActOut, past_act
from mingjian.web.forms import Day, Form, Text, milliseconds
from mingjian.web.guard import Policy, services_of
from mingjian.web.steps import StepOut, steps_of

router = APIRouter(prefix="/api/plans", tags=["plans"])
Listing = Annotated[Actor, Depends(Policy(Act.PLAN_LIST))]
Organising = Annotated[Actor, Depends(Policy(Act.PLAN_ORGANISE))]
Compiling = Annotated[Actor, Depends(Policy(Act.PLAN_COMPILE))]
Adopting = Annotated[Actor, Depends(Policy(Act.PLAN_ADOPT))]
Name = Annotated[str, Field(max_length=64)]


class UrbanPlanForm(Form):
    """The urban and rural plan of which the construction plan is part (article 3)."""

    name: Text = ""
    number: Text = ""
    attachment: Name = ""

    def value(self) -> UrbanPlan:
        return UrbanPlan(self.name, self.number, self.attachment)


class NewPlan(Form):
    """A version that the government organises."""

    title: Text
    urban_plan: UrbanPlanForm = Field(default_factory=UrbanPlanForm)
    departments: list[Name] = Field(max_length=MOST_DEPARTMENTS * 2)


class ItemIn(Form):
    """One item; who builds follows from the kind."""

    id: Name = ""
    name: Text
    kind: Name
    part: Name = ""
    territory: Annotated[str, Field(max_length=12)] = ""
    place: Name = ""
    unit: Name = ""
    longitude: float | None = None
    latitude: float | None = None
    datum: Annotated[Datum, Field(strict=False)] = Datum.CGCS2000
    cameras: int = Field(0, ge=0, le=10**6)
    due_on: Day | None = None


class ItemsForm(Form):
    """The whole list of items."""

    items: list[ItemIn] = Field(max_length=MOST_ITEMS * 2)


class CountersignForm(Form):
    """A department's opinion."""

    agreed: bool
    opinion: Text = ""


class WhyForm(Form):
    """Why a plan goes back or is given up."""

    why: Text


class AdoptionForm(Form):
    """The government's decision."""

    number: Text
    on: Day
    settled: Text = ""
    urban_plan: UrbanPlanForm | None = None


class PublicationForm(Form):
    """Publication; the urban plan where it was not named yet."""

    urban_plan: UrbanPlanForm | None = None


class OrganOut(BaseModel):
    """An organ or unit by name."""

    id: str
    name: str


class PlanItemOut(BaseModel):
    """One item with the words of its kind and how it stands."""

    id: str
    name: str
    kind: str
    kind_name: str
    kind_name_en: str
    part: str
    part_name: str
    part_name_en: str
    territory: str
    builder: Builder
    reason: str
    article: str
    """Of the row by which this builder is responsible."""
    place: str
    unit: OrganOut | None
    longitude: float | None
    latitude: float | None
    datum: Datum
    cameras: int
    due_on: str | None
    fulfilled: bool


class CountersignOut(BaseModel):
    """One department: its opinion, or that it is still out (`agreed` null)."""

    organ: OrganOut
    agreed: bool | None
    opinion: str
    by: str
    on: str | None


class PlanOut(BaseModel):
    """A version as lists show it."""

    id: str
    title: str
    version: int
    state: PlanState
    government: str
    territory: str
    items: int
    adopted_on: str | None
    published_on: str | None
    created_ms: int


class PlanPageOut(PlanOut):
    """A version as its page shows it."""

    urban_plan: UrbanPlanForm
    supersedes: str
    note: str
    adoption_number: str
    listed: list[PlanItemOut]
    countersigns: list[CountersignOut]
    steps: list[StepOut]
    history: list[PastActOut]


@router.get("", operation_id="list_plans")
def list_plans(request: Request, actor: Listing) -> list[PlanOut]:
    services = services_of(request)
    found = plans.listed(services.store, actor=actor, clock=services.clock)
    return [_out(plan, government) for plan, government in found]


@router.post("", operation_id="organise_plan", status_code=201)
def organise_plan(request: Request, form: NewPlan, actor: Organising) -> PlanPageOut:
    """Open a version, with the items of the published one."""
    services = services_of(request)
    departments = tuple(UnitId(one) for one in form.departments)
    organised = plans.organise(
        services.store,
        actor=actor,
        clock=services.clock,
        random=services.random,
        form=plans.PlanForm(form.title, form.urban_plan.value(), departments),
    )
    return _page(request, actor, organised.id)


@router.get("/{plan}", operation_id="read_plan")
def read_plan(request: Request, plan: str, actor: Listing) -> PlanPageOut:
    return _page(request, actor, plan)


@router.post("/{plan}/items", operation_id="compile_plan")
def compile_plan(request: Request, plan: str, form: ItemsForm, actor: Compiling) -> PlanPageOut:
    """Set the items of a draft."""
    services = services_of(request)
    plans.compile_items(
        services.store,
        services.law,
        actor=actor,
        clock=services.clock,
        random=services.random,
        plan=plan,
        items=[plans.ItemForm(**item.model_dump()) for item in form.items],
    )
    return _page(request, actor, plan)


@router.post("/{plan}/circulate", operation_id="circulate_plan")
def circulate_plan(request: Request, plan: str, actor: Compiling) -> PlanPageOut:
    services = services_of(request)
    plans.circulate(services.store, actor=actor, clock=services.clock, plan=plan)
    return _page(request, actor, plan)


@router.post("/{plan}/countersign", operation_id="countersign_plan")
def countersign_plan(
    request: Request,
    plan: str,
    form: CountersignForm,
    actor: Annotated[Actor, Depends(Policy(Act.PLAN_COUNTERSIGN))],
) -> PlanPageOut:
    services = services_of(request)
    plans.countersign(
        services.store,
        services.law,
        actor=actor,
        clock=services.clock,
        plan=plan,
        agreed=form.agreed,
        opinion=form.opinion,
    )
    return _page(request, actor, plan)


@router.post("/{plan}/revise", operation_id="revise_plan")
def revise_plan(request: Request, plan: str, form: WhyForm, actor: Compiling) -> PlanPageOut:
    services = services_of(request)
    plans.revise(services.store, actor=actor, clock=services.clock, plan=plan, why=form.why)
    return _page(request, actor, plan)


@router.post("/{plan}/return", operation_id="return_plan")
def return_plan(request: Request, plan: str, form: WhyForm, actor: Adopting) -> PlanPageOut:
    services = services_of(request)
    plans.send_back(services.store, actor=actor, clock=services.clock, plan=plan, why=form.why)
    return _page(request, actor, plan)


@router.post("/{plan}/adopt", operation_id="adopt_plan")
def adopt_plan(request: Request, plan: str, form: AdoptionForm, actor: Adopting) -> PlanPageOut:
    services = services_of(request)
    plans.adopt(
        services.store,
        services.law,
        actor=actor,
        clock=services.clock,
        plan=plan,
        number=form.number,
        on=form.on,
        settled=form.settled,
        urban_plan=form.urban_plan.value() if form.urban_plan is not None else None,
    )
    return _page(request, actor, plan)


@router.post("/{plan}/publish", operation_id="publish_plan")
def publish_plan(
    request: Request, plan: str, form: PublicationForm, actor: Annotated[Actor, Depends(Policy(Act.PLAN_PUBLISH))]
) -> PlanPageOut:
    """Publish: the version before is superseded, the items become obligations."""
    services = services_of(request)
    plans.publish(
        services.store,
        services.law,
        actor=actor,
        clock=services.clock,
        plan=plan,
        urban_plan=form.urban_plan.value() if form.urban_plan is not None else None,
    )
    return _page(request, actor, plan)


@router.post("/{plan}/give-up", operation_id="give_up_plan")
def give_up_plan(request: Request, plan: str, form: WhyForm, actor: Organising) -> PlanPageOut:
    services = services_of(request)
    plans.give_up(services.store, actor=actor, clock=services.clock, plan=plan, why=form.why)
    return _page(request, actor, plan)


def _page(request: Request, actor: Actor, plan: str) -> PlanPageOut:
    services = services_of(request)
    page = plans.page(services.store, actor=actor, clock=services.clock, plan=plan)
    found = page.plan
    signed = {opinion.organ: opinion for opinion in found.countersigns}
    return PlanPageOut(
        **_out(found, page.organs.get(found.unit, "")).model_dump(),
        urban_plan=UrbanPlanForm(
            name=found.urban_plan.name, number=found.urban_plan.number, attachment=found.urban_plan.attachment
        ),
        supersedes=found.supersedes,
        note=found.note,
        adoption_number=found.adoption_number,
        listed=[_item(item, page, services.law) for item in found.items],
        countersigns=[
            CountersignOut(
                organ=OrganOut(id=organ, name=page.organs.get(organ, "")),
                agreed=signed[organ].agreed if organ in signed else None,
                opinion=signed[organ].opinion if organ in signed else "",
                by=signed[organ].by if organ in signed else "",
                on=signed[organ].on.isoformat() if organ in signed else None,
            )
            for organ in found.departments
        ],
        steps=steps_of(page.offers, services.cited),
        history=[past_act(one) for one in page.history],
    )


def _out(plan: Plan, government: str) -> PlanOut:
    return PlanOut(
        id=plan.id,
        title=plan.title,
        version=plan.version,
        state=plan.state,
        government=government,
        territory=plan.territory,
        items=len(plan.items),
        adopted_on=plan.adopted_on.isoformat() if plan.adopted_on is not None else None,
        published_on=plan.published_on.isoformat() if plan.published_on is not None else None,
        created_ms=milliseconds(plan.created) or 0,
    )


def _item(item: PlanItem, page: plans.PlanPage, law: Rulebook) -> PlanItemOut:
    kind = law.place_kind(item.kind)
    part = next((part for part in kind.parts if part.id == item.part), None)
    return PlanItemOut(
        id=item.id,
        name=item.name,
        kind=item.kind,
        kind_name=kind.name,
        kind_name_en=kind.name_en,
        part=item.part,
        part_name=part.name if part is not None else "",
        part_name_en=part.name_en if part is not None else "",
        territory=item.territory,
        builder=Builder(item.builder),
        reason=item.reason,
        article=law.row(item.reason).article,
        place=item.place,
        unit=OrganOut(id=item.unit, name=page.organs.get(item.unit, "")) if item.unit is not None else None,
        longitude=item.longitude,
        latitude=item.latitude,
        datum=item.datum,
        cameras=item.cameras,
        due_on=item.due_on.isoformat() if item.due_on is not None else None,
        fulfilled=item.id in page.fulfilled,
    )
