//! A program that uses clerk-sdk beside reqwest and rustls, each with its defaults. clerk-sdk must not change what they do.

#[cfg(test)]
mod tests {
    use clerk_sdk::{ClientConfig, user};

    #[test]
    fn a_client_of_reqwest_without_a_feature_for_tls_can_be_created() {
        reqwest::Client::new();
    }

    #[test]
    fn a_configuration_of_rustls_with_its_default_provider_can_be_created() {
        let builder = rustls::ClientConfig::builder();
        let roots = rustls::RootCertStore::empty();
        builder.with_root_certificates(roots).with_no_client_auth();
    }

    /// Runs the next test in a process without certificates of the platform.
    #[test]
    fn clerk_sdk_needs_no_certificates_of_the_platform_with_its_own() {
        let program = std::env::current_exe().expect("the path of this program");
        let mut command = std::process::Command::new(program);
        command
            .args(["--exact", "tests::clerk_sdk_itself_connects_with_tls"])
            .env("SSL_CERT_FILE", "/dev/null")
            .env_remove("SSL_CERT_DIR");
        let output = command.output().expect("the program runs");
        assert!(output.status.success(), "{output:?}");
    }

    #[test]
    fn clerk_sdk_itself_connects_with_tls() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let config = ClientConfig::new("sk_test_1").base_url("https://localhost:1/v1");
        let call = async { user::Client::new(config).get("user_1").await };
        let error = runtime
            .expect("a runtime")
            .block_on(call)
            .expect_err("nothing listens");
        assert!(
            error.to_string().contains("the connection was refused"),
            "{error}"
        );
    }
}
