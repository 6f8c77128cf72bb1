"""Shapes of a county's import: the report of a dry run, with every finding as data."""

from typing import Annotated, Any, Literal

from pydantic import Field

from api.shapes.vocabulary import Answer, Question

Layer = Literal["towns", "grids", "sub_grids", "points", "cameras", "stations", "units", "roads"]
Count = Annotated[int, Field(ge=0, examples=[12])]


class ImportLayer(Answer):
    """One layer: what its file would do to the county."""

    layer: Annotated[Layer, Field(examples=["cameras"])]
    file: Annotated[str | None, Field(examples=["cameras.xlsx"], description="null: none was sent")]
    crs: Annotated[str | None, Field(examples=["gcj02"], description="as it was read")]
    rows: Count
    new: Count
    changed: Count
    unchanged: Count
    missing: Annotated[int, Field(examples=[3], description="in the county, not in the file: kept")]
    moved: Annotated[int, Field(examples=[0], description="of those missing: in another grid from now on")]
    errors: Count
    warnings: Count
    columns: Annotated[dict[str, str], Field(examples=[{"code": "设备编码"}], description="field: heading")]
    ignored: Annotated[list[str], Field(examples=[["备注"]], description="headings that are not used")]


class ImportFinding(Answer):
    """One fault or oddity. code and numbers say it for other languages; says and fix in English."""

    severity: Annotated[Literal["error", "warning"], Field(examples=["error"])]
    layer: Annotated[Layer | Literal["county"], Field(examples=["cameras"])]
    file: Annotated[str, Field(examples=["cameras.xlsx"])]
    row: Annotated[int | None, Field(examples=[17], description="as in the sheet, the heading being row 1")]
    field: Annotated[str | None, Field(examples=["lon"])]
    value: Annotated[str | None, Field(examples=["12l.4"])]
    code: Annotated[str, Field(examples=["no_number"])]
    numbers: Annotated[dict[str, Any], Field(examples=[{}])]
    says: Annotated[str, Field(examples=["is no number"])]
    fix: Annotated[str, Field(examples=["write digits only, with . for decimals"])]


class ImportPreview(Answer):
    """For a small map: the county's outline as rings, and new or moved places by layer (lon, lat)."""

    outline: Annotated[list[list[list[float]]], Field(examples=[[[[121.1, 28.1], [121.2, 28.1]]]])]
    dots: Annotated[dict[str, list[list[float]]], Field(examples=[{"cameras": [[121.1283, 28.1342]]}])]


class ImportReport(Answer):
    """What an import would do, or has done (`applied`). Findings: errors first, 200 of a kind at most."""

    id: Annotated[str, Field(examples=["9f2c4e1ab07d3355"])]
    applied: Annotated[bool, Field(examples=[False])]
    can_apply: Annotated[bool, Field(examples=[True])]
    crs: Annotated[str, Field(examples=["gcj02"])]
    layers: list[ImportLayer]
    findings: list[ImportFinding]
    errors: Count
    warnings: Count
    replaces_generated: Annotated[bool, Field(examples=[True], description="the county here is generated")]
    going: Annotated[
        dict[str, int], Field(examples=[{"cameras": 8215}], description="generated rows that go")
    ]
    recorded: Annotated[dict[str, int], Field(examples=[{"alerts": 3}], description="what goes with them")]
    preview: ImportPreview


class ApplyImportQuestion(Question):
    replace_generated: Annotated[
        bool, Field(examples=[False], description="what was recorded in the generated county may go")
    ] = False
