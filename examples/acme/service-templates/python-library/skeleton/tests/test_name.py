from ${{ values.module }} import name


def test_the_library_has_a_name() -> None:
    assert name() == "${{ values.name }}"
