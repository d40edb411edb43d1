use super::*;

fn media(content_type: &str) -> Media {
    let mut fields = Fields::new();
    fields.push("Content-Type", content_type.as_bytes());
    Media::of(&fields)
}

fn texts(media: &Media, body: &str) -> Result<String, BadBody> {
    let parts = media.parts(body.as_bytes())?;
    let texts = parts.texts.iter().map(|text| String::from_utf8_lossy(text));
    Ok(texts.collect::<Vec<_>>().join("|"))
}

#[test]
fn a_media_type_is_read_whatever_its_case_and_parameters() {
    let boundary = |text: &str| Media::Multipart(Some(text.as_bytes().into()));
    let cases = [
        ("application/json", Media::Json),
        ("Application/JSON ; charset=utf-8", Media::Json),
        ("application/vnd.api+json", Media::Json),
        ("application/x-ndjson", Media::Other),
        ("application/jsonp", Media::Other),
        ("application/x-www-form-urlencoded", Media::Form),
        ("multipart/form-data; boundary=abc", boundary("abc")),
        (
            "multipart/mixed; a=\";boundary=no\"; Boundary=\"a b\"",
            boundary("a b"),
        ),
        ("multipart/form-data", Media::Multipart(None)),
        ("multipart/form-data; boundary=", Media::Multipart(None)),
        ("text/plain", Media::Other),
        ("", Media::Other),
    ];
    for (text, wanted) in cases {
        assert_eq!(media(text), wanted, "{text:?}");
    }
    assert_eq!(Media::of(&Fields::new()), Media::Other);
}

#[test]
fn strings_of_json_come_in_document_order_and_repeated_members_each_time() {
    let cases = [
        (r#"{"b":"x","a":["y",1,true,null,{"c":"z"}]}"#, "x|y|z"),
        (r#"{"a":"1","a":"2"}"#, "1|2"),
        (r#"{"a":"\u0041\n\/"}"#, "A\n/"),
        ("{\"a\":\"1\"}\n{\"a\":\"2\"}\n", "1|2"),
        (r#"{"K1":"x","NAME":"x"}"#, "K1|x|NAME"),
        ("1 2\"x\"", "x"),
        ("\u{feff}[\"x\"]", "x"),
        ("", ""),
        (" \n", ""),
    ];
    for (body, wanted) in cases {
        assert_eq!(texts(&Media::Json, body).as_deref(), Ok(wanted), "{body}");
    }
}

#[test]
fn prose_is_no_piece_of_a_token_unless_one_ends_it() {
    let cases = [
        ("Some words of a question?", false),
        ("and words that end here", false),
        ("two words", true),
        ("the key is AKIAQ7", true),
        ("9XW4T is the rest", true),
        ("the key is x7", true),
        ("assistant", true),
    ];
    for (text, piece) in cases {
        let wanted = if piece { text } else { "" };
        let body = format!("[\"{text}\"]");
        assert_eq!(texts(&Media::Json, &body).as_deref(), Ok(wanted), "{text}");
    }
}

#[test]
fn what_is_not_json_is_refused() {
    let cases = [
        ("{", BadBody::Json),
        ("{\"a\":1,}", BadBody::Json),
        ("{'a':1}", BadBody::Json),
        ("{}]", BadBody::Json),
        ("{},{}", BadBody::Json),
        ("nul", BadBody::Json),
        ("a=b", BadBody::Json),
    ];
    for (body, wanted) in cases {
        assert_eq!(texts(&Media::Json, body), Err(wanted), "{body}");
    }
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(texts(&Media::Json, &nested(json::DEPTH)).is_ok());
    let deep = texts(&Media::Json, &nested(json::DEPTH + 1));
    assert_eq!(deep, Err(BadBody::JsonDepth));
}

#[test]
fn of_many_strings_the_first_and_the_last_are_kept() {
    let body: Vec<String> = (0..1000).map(|number| format!("\"{number}\"")).collect();
    let body = format!("[{}]", body.join(","));
    let parts = Media::Json
        .parts(body.as_bytes())
        .unwrap_or_else(|_| panic!());
    assert_eq!(parts.texts.len(), PARTS);
    assert_eq!(
        (&*parts.texts[0], &*parts.texts[PARTS - 1]),
        (&b"0"[..], &b"999"[..])
    );
}

#[test]
fn forms_are_decoded_once() {
    let cases = [
        ("a=1&b=x+y%2Bz&=v&k&e=", Ok("a|1|b|x y+z|v|k|e")),
        ("a=%2541", Ok("a|%41")),
        ("a=1=2", Ok("a|1=2")),
        ("a=100%", Err(BadBody::Form)),
        ("a=%zz", Err(BadBody::Form)),
    ];
    for (body, wanted) in cases {
        let found = texts(&Media::Form, body);
        assert_eq!(found.as_deref().map_err(|bad| *bad), wanted, "{body}");
    }
    let lenient = |text| form::decode_leniently(text).into_owned();
    assert_eq!(lenient(b"100%+%41%4"), b"100% A%4");
}

/// A body of these parts, each its fields and its content.
fn multipart(parts: &[&str]) -> String {
    let parts = parts.iter().map(|part| format!("--b\r\n{part}\r\n"));
    format!("{}--b--\r\n", parts.collect::<String>())
}

#[test]
fn multipart_bodies_give_names_file_names_and_contents() {
    let field = "Content-Disposition: form-data; name=\"n\"\r\n\r\nv";
    let file = "content-disposition: form-data; name=f; filename=\"a1 \\\"b\\\" C:\\x\"\r\nContent-Type: text/plain\r\n\r\nline\r\n--bb\r\n";
    let both = multipart(&[field, file]);
    let cases = [
        (both.clone(), "n|v|f|a1 \"b\" C:\\x|line\r\n--bb\r\n"),
        (
            format!("preamble\r\n{both}epilogue"),
            "n|v|f|a1 \"b\" C:\\x|line\r\n--bb\r\n",
        ),
        (multipart(&["\r\nno fields"]), "no fields"),
        (
            both.replace("\r\n", "\n"),
            "n|v|f|a1 \"b\" C:\\x|line\n--bb\n",
        ),
        ("--b--".to_owned(), ""),
        (String::new(), ""),
    ];
    for (body, wanted) in cases {
        let media = media("multipart/form-data; boundary=b");
        assert_eq!(texts(&media, &body).as_deref(), Ok(wanted), "{body}");
    }
}

#[test]
fn broken_multipart_bodies_are_refused() {
    let field = "Content-Disposition: form-data; name=\"n\"\r\n\r\nv";
    let name = |length: usize| {
        let name = "x".repeat(length);
        multipart(&[&format!(
            "Content-Disposition: form-data; name=f; filename=\"{name}\"\r\n\r\n"
        )])
    };
    let cases = [
        (multipart(&[field; 100]), None),
        (multipart(&[field; 101]), Some(BadBody::PartCount)),
        (name(256), None),
        (name(257), Some(BadBody::FileName)),
        ("no delimiter".to_owned(), Some(BadBody::Multipart)),
        (
            "--b\r\n\r\nnever closed".to_owned(),
            Some(BadBody::Multipart),
        ),
        (
            multipart(&["Fields: without end"]),
            Some(BadBody::Multipart),
        ),
    ];
    for (body, wanted) in cases {
        let found = texts(&media("multipart/form-data; boundary=b"), &body);
        assert_eq!(found.err(), wanted, "{body:.60}");
    }
    let found = texts(&media("multipart/form-data"), "x");
    assert_eq!(found, Err(BadBody::Boundary));
}
