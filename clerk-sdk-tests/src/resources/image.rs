//! The image of a user or an organization. The image itself is not stored, only whether there is
//! one.

use serde_json::Value;

/// Sets whether an object has an image, and its image URL accordingly.
pub(crate) fn set_image(object: &mut Value, has_image: bool) {
    let id = object["id"].as_str().unwrap_or_default();
    let name = if has_image { id } else { "default" };
    let url = format!("https://img.example.com/{name}");
    object["has_image"] = has_image.into();
    object["image_url"] = url.into();
}
