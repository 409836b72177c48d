//! Puts the built screens (`ui/dist`) and the window's permissions into the program.

fn main() -> std::io::Result<()> {
    // A tree whose screens are not built yet still compiles; its window stays empty.
    std::fs::create_dir_all("../ui/dist")?;
    println!("cargo:rerun-if-changed=../ui/dist/index.html");
    let attributes = tauri_build::Attributes::new().app_manifest(tauri_build::AppManifest::new().commands(&["call"]));
    tauri_build::try_build(attributes).map_err(std::io::Error::other)
}
