TUNED = f"{RUN}/tune/parameters.json"
PARAMETERS = C["parameters"] or []
if PARAMETERS and PARAMETERS != TUNED:
    PARAMETERS = local(PARAMETERS)  # a user's, not a result


use rule _long as train with:
    input:
        unpack(plan.training),
        parameters=PARAMETERS,
    output:
        boosters=plan.boosters(f"{RUN}/model/{{pool}}/{{date}}"),
        card=f"{RUN}/model/{{pool}}/{{date}}/card.json",
    log:
        f"{LOGS}/train/{{pool}}/{{date}}.log",
    threads: C["model"]["threads"]
    params:
        **uses("train.py"),


use rule _medium as model_card with:
    input:
        unpack(plan.carded),
        boosters=rules.train.output.boosters,
        card=rules.train.output.card,
    output:
        f"{RUN}/model/{{pool}}/{{date}}/card.md",
    log:
        f"{LOGS}/model_card/{{pool}}/{{date}}.log",
    params:
        **uses("model_card.py"),
