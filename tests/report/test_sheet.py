"""What a spreadsheet reads is what was meant."""

import pandas as pd

from rtlmp.report.sheet import write_csv


def test_no_text_of_a_csv_is_a_formula(tmp_path):
    """Numbers stay what they are, the negative ones too."""
    words = ["=1+1", "+1", "-1", "@x", "\tx", "HB_NORTH", "a=b", None]
    table = pd.DataFrame({"text": words, "kind": words, "number": [-1.5] * 8})
    write_csv(table.astype({"kind": "category"}), tmp_path / "a.csv")
    read = pd.read_csv(tmp_path / "a.csv")
    expected = ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "HB_NORTH", "a=b"]
    assert read["text"].tolist()[:-1] == read["kind"].tolist()[:-1] == expected
    assert read["text"].isna().tolist() == [False] * 7 + [True]
    assert (read["number"] == -1.5).all()
