"""`modelpack inspect`: what a bundle says about itself."""

from __future__ import annotations

import argparse
from typing import Any

import modelpack
from modelpack.cli import partitions, status
from modelpack.cli.engines import engine_table, engines
from modelpack.cli.output import print_json
from modelpack.cli.table import count, heading, number, size, table
from modelpack.diff import dictionaries
from modelpack.schema import Classes, Default, Feature, Output, Policy

_RECORD = ("author", "trained_start", "trained_end", "code_revision", "host", "notes", "python", "platform")


def add(commands: Any) -> None:
    command = commands.add_parser(
        "inspect",
        help="show what a bundle holds; needs no trust and runs nothing",
        description="Checks structure and digests of a bundle and shows what it says about itself. Nothing is run; "
        "signatures are checked with --trust only.",
    )
    command.add_argument("bundle", metavar="BUNDLE")
    command.add_argument("--trust", metavar="FILE", help="verify it under this policy or public key (exit code 3)")
    command.add_argument("--config", action="store_true", help="show every hyperparameter too")
    command.add_argument("--member", metavar="NAME", help="print one member as it stands, such as metrics.json")
    command.add_argument("--partitions", action="store_true", help="show the nodes as a tree, with rows and metrics")
    command.add_argument("--depth", type=natural, metavar="LEVELS", help="with --partitions: levels of the tree")
    command.add_argument("--limit", type=natural, metavar="NODES", help="with --partitions: nodes shown (60)")
    command.add_argument("--json", action="store_true", help="print everything as JSON")
    command.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    with modelpack.inspect(given.bundle, given.trust and modelpack.TrustPolicy.load(given.trust)) as bundle:
        if given.member:
            return write_member(bundle, given.member)
        if given.partitions or given.depth is not None or given.limit is not None:
            return show_partitions(bundle, given)
        if given.json:
            print_json(document(bundle))
        else:
            show(bundle, given.config)
    return status.OK


def natural(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value


def show_partitions(bundle: modelpack.Bundle, given: argparse.Namespace) -> int:
    if not bundle.partition_keys:
        raise modelpack.UsageError(f"{bundle.name} {bundle.version} has no partitions", hint="leave --partitions out")
    if given.json:
        print_json({**facts(bundle), "partitions": partitions.document(bundle.nodes(), given.depth, given.limit)})
    else:
        partitions.show(bundle, given.depth, given.limit)
    return status.OK


def write_member(bundle: modelpack.Bundle, name: str) -> int:
    import sys

    sys.stdout.buffer.write(bundle.member(name))
    sys.stdout.buffer.flush()
    return status.OK


def document(bundle: modelpack.Bundle) -> dict[str, Any]:
    categories = dictionaries(bundle)
    levels = {"levels": list(bundle.partition_keys), "count": len(bundle.nodes())} if bundle.partition_keys else None
    return {
        **facts(bundle),
        "partitions": levels,
        "engines": engines(bundle),
        "manifest": bundle.manifest,
        "schema": {
            "features": [
                {**feature_fields(feature), "categories": categories.get(feature.name)}
                for feature in bundle.schema.features
            ],
            "outputs": [output_fields(output) for output in bundle.schema.outputs],
        },
        "config": bundle.config,
        "metrics": bundle.metrics,
        "record": bundle.record,
    }


def facts(bundle: modelpack.Bundle) -> dict[str, Any]:
    return {
        "name": bundle.name,
        "version": bundle.version,
        "identity": bundle.identity,
        "model_digest": bundle.model_digest,
        "verified": bundle.verified,
    }


def show(bundle: modelpack.Bundle, with_config: bool) -> None:
    print(heading(f"{bundle.name} {bundle.version}"))
    print(table(summary(bundle)))
    if any(engine["name"] != "native" for engine in bundle.manifest.get("engines", ())):
        section("engines", engine_table(bundle))
    section("features", feature_table(bundle))
    section("outputs", output_table(bundle))
    section("metrics", metric_table(bundle.metrics))
    section("record", table(record_rows(bundle.record)))
    if with_config:
        section("configuration", table(list(leaves(bundle.config))))
    members = bundle.manifest.get("members", {})
    rows = [[name, size(entry["size"]), entry["sha256"][:16]] for name, entry in sorted(members.items())]
    section("members", table(rows, ("name", "size", "sha256"), right=(1,)))


def section(title: str, text: str) -> None:
    if text:
        print(f"\n{heading(title)}\n{text}")


def summary(bundle: modelpack.Bundle) -> list[list[str]]:
    manifest, config = bundle.manifest, bundle.config
    names = ", ".join(str(engine["name"]) for engine in manifest.get("engines", ()))
    made = " ".join(str(config[key]) for key in ("framework", "version") if config.get(key))
    total = sum(int(entry["size"]) for entry in manifest.get("members", {}).values())
    nodes = [["partitions", f"{partitions.summary(bundle.nodes())} (--partitions)"]] if bundle.partition_keys else []
    return [
        ["trust", trust(bundle)],
        ["identity", bundle.identity],
        ["model", bundle.model_digest],
        ["created", str(manifest.get("created_at"))],
        ["task", str(manifest.get("task"))],
        ["class", f"{config.get('class', '')}  ({made})" if made else str(config.get("class", ""))],
        ["engines", names],
        *nodes,
        ["size", size(total)],
    ]


def trust(bundle: modelpack.Bundle) -> str:
    found = bundle.explanation
    if found is None:
        return "not verified (structure and digests hold; no signature was asked for)"
    return f"verified by rule {found.rule_text} ({found.policy})"


def feature_table(bundle: modelpack.Bundle) -> str:
    categories = dictionaries(bundle)
    rows = [
        [
            feature.name,
            feature.dtype,
            f"{len(categories[feature.name]):,}" if feature.name in categories else "",
            policy(feature.missing),
            policy(feature.unseen) if feature.dtype == "string" else "",
            feature.null_is if feature.dtype == "string" else "",
            "optional" if feature.optional else "",
        ]
        for feature in bundle.schema.features
    ]
    return table(rows, ("name", "type", "categories", "missing", "unseen", "null is", ""), right=(2,))


def output_table(bundle: modelpack.Bundle) -> str:
    rows = [[one.name, one.dtype, one.columns, classes_text(one)] for one in bundle.schema.outputs]
    return table(rows, ("name", "type", "columns", "classes"), right=(2,))


def classes_text(output: Output) -> str:
    if output.classes is None:
        return ""
    several = (output.classes,) if isinstance(output.classes, Classes) else output.classes
    return " | ".join(", ".join(str(value) for value in classes.values) for classes in several)


def metric_table(metrics: dict[str, Any]) -> str:
    splits = metrics.get("splits", {})
    names = sorted({name for split in splits.values() for name in split.get("values", {})})
    rows = [[name, *(number(split["values"].get(name, "")) for split in splits.values())] for name in names]
    if splits:
        rows.insert(0, ["rows", *(f"{split.get('rows', 0):,}" for split in splits.values())])
    rows += [
        [name, *([number(value)] + [""] * (len(splits) - 1))] for name, value in leaves(metrics.get("reported", {}))
    ]
    if not rows:
        return ""
    columns = max(len(splits), 1)
    return table(rows, ("", *(splits or ("reported",))), right=range(1, columns + 1))


def record_rows(record: dict[str, Any]) -> list[list[str]]:
    rows = [[key.replace("_", " "), str(record[key])] for key in _RECORD if record.get(key)]
    for reference in record.get("data", ()):
        uri = f"  {reference['uri']}" if "uri" in reference else ""
        digest = str(reference["digest"])[:19]
        rows.append([f"{reference['role']} data", f"{count(int(reference['rows']), 'row')}  {digest}…{uri}"])
    packages = record.get("packages", {})
    if packages:
        rows.append(["packages", ", ".join(f"{name} {version}" for name, version in packages.items())])
    return rows


def leaves(content: Any, path: str = "") -> Any:
    """(path, text) of every leaf of a nested value."""
    if isinstance(content, dict):
        for key, item in content.items():
            yield from leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(content, list) and any(isinstance(item, (dict, list)) for item in content):
        for index, item in enumerate(content):
            yield from leaves(item, f"{path}[{index}]")
    else:
        yield path, content


def policy(found: Policy) -> str:
    return f"default {found.value!r}" if isinstance(found, Default) else str(found)


def feature_fields(feature: Feature) -> dict[str, Any]:
    return {
        "name": feature.name,
        "dtype": feature.dtype,
        "missing": policy(feature.missing),
        "unseen": policy(feature.unseen),
        "null_is": feature.null_is,
        "optional": feature.optional,
    }


def output_fields(output: Output) -> dict[str, Any]:
    several = output.classes if isinstance(output.classes, tuple) else (output.classes,)
    classes = [None if one is None else list(one.values) for one in several]
    return {
        "name": output.name,
        "dtype": output.dtype,
        "columns": output.columns,
        "classes": classes if isinstance(output.classes, tuple) else classes[0],
    }
