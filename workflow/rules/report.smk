rule data_report:
    input:
        RAW_FILES,
    output:
        html=f"{RUN}/report/data.html",
        covered=f"{RUN}/report/covered.parquet",
    params:
        config=pick("market", "source", "run", "issue_time"),
        date=DATE.isoformat(),
        span=[t.isoformat() for t in COVERED],
        series=[str(q) for q in SERIES],
        code=code("data_report.py"),
    script:
        "../scripts/data_report.py"
