//! Values of options.

use super::quantities;

#[test]
fn resources_are_both_quantities_in_any_order() {
    let read =
        |text: &str| quantities(text).map(|(cpu, memory)| (cpu.to_string(), memory.to_string()));
    let both = Some(("2".to_owned(), "4Gi".to_owned()));
    assert_eq!(read("cpu=2,memory=4Gi"), both);
    assert_eq!(read(" memory = 4Gi , cpu=2 "), both);
    for bad in [
        "cpu=2",
        "memory=4Gi",
        "cpu=2,memory=4Gx",
        "cpu=2,cpu=3,memory=1Gi",
        "cpu,memory",
        "cpu=2,memory=4Gi,disk=1",
    ] {
        assert_eq!(read(bad), None, "{bad}");
    }
}
