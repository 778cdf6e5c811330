namespace RaftActors.Cli.Security;

/// <summary>The options for TLS that servers and clients share.</summary>
internal sealed class SecurityOptions
{
    public const string CertificateVariable = "RAFT_TLS_CERT";
    public const string KeyVariable = "RAFT_TLS_KEY";
    public const string CaVariable = "RAFT_TLS_CA";

    /// <summary>The password of an encrypted key, which has no option because other users can see the options of a process.</summary>
    public const string PasswordVariable = "RAFT_TLS_PASSWORD";

    private readonly CommandEnvironment _environment;

    public SecurityOptions(CommandEnvironment environment)
    {
        _environment = environment;
        Certificate = FileOption("--tls-cert", CertificateVariable, "The certificate to show, as PEM or PFX. It turns TLS 1.3 on.");
        Key = FileOption("--tls-key", KeyVariable, "The private key of the certificate, as PEM, if it is in a file of its own. The "
            + $"environment variable {PasswordVariable} has the password of an encrypted key.");
        Ca = FileOption("--tls-ca", CaVariable, "The certificates of the CA that the other side's certificate must have, as PEM.");
    }

    public Option<string?> Certificate { get; }

    public Option<string?> Key { get; }

    public Option<string?> Ca { get; }

    public Option[] All => [Certificate, Key, Ca];

    /// <exception cref="UsageException">The values contradict each other, or a file is missing.</exception>
    public ConnectionSecurity Read(ParseResult parsed)
    {
        var security = new ConnectionSecurity(
            PathOf(parsed.GetValue(Certificate)),
            PathOf(parsed.GetValue(Key)),
            _environment.Variable(PasswordVariable),
            PathOf(parsed.GetValue(Ca)));
        return security.Problem() is { } problem ? throw new UsageException(problem) : security;
    }

    public static ImmutableArray<string> NamesOf(string? list) => [.. SharedOptions.ListOf(list ?? "")];

    private static string? PathOf(string? file) => string.IsNullOrWhiteSpace(file) ? null : Path.GetFullPath(file);

    private Option<string?> FileOption(string name, string variable, string description) => new(name)
    {
        Description = $"{description} Default: the environment variable {variable}.",
        HelpName = "file",
        DefaultValueFactory = _ => _environment.Variable(variable),
    };
}
