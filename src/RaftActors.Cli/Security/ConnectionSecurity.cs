using Akka.Configuration;

namespace RaftActors.Cli.Security;

/// <summary>The TLS of the connections of a server or a client.</summary>
/// <param name="Certificate">The file with its own certificate.</param>
/// <param name="Key">The file with the private key. Default: the file of the certificate.</param>
/// <param name="Ca">The file with the trusted roots.</param>
internal sealed record ConnectionSecurity(string? Certificate, string? Key, string? Password, string? Ca)
{
    public static readonly ConnectionSecurity None = new(null, null, null, null);

    /// <summary>The names in the certificates of clients that have this role.</summary>
    public ImmutableArray<string> Operators { get; init; } = [];

    /// <inheritdoc cref="Operators"/>
    public ImmutableArray<string> Writers { get; init; } = [];

    /// <inheritdoc cref="Operators"/>
    public ImmutableArray<string> Readers { get; init; } = [];

    public bool IsOn => Certificate is not null;

    /// <summary>Returns the first problem with its remedy as a sentence, or null.</summary>
    public string? Problem()
    {
        if (Certificate is null && (Key is not null || Ca is not null))
        {
            return "--tls-key or --tls-ca is given without --tls-cert. Name the certificate's file with --tls-cert.";
        }

        if (Certificate is not null && Ca is null)
        {
            return "--tls-cert is given without --tls-ca. Name the file with the certificates of your CA with --tls-ca.";
        }

        var missing = new[] { Certificate, Key, Ca }.FirstOrDefault(file => file is not null && !File.Exists(file));
        return missing is null ? null : $"There is no file '{missing}'. Name an existing one, or make certificates with 'raft certs'.";
    }

    public Config With(Config plain) => !IsOn ? plain : ConfigurationFactory.ParseString(
        $$"""
        raft {
          security {
            tls {
              certificate = {{Quoted(Certificate)}}
              key = {{Quoted(Key)}}
              password = {{Quoted(Password)}}
              ca = {{Quoted(Ca)}}
            }
            roles {
              operator = [{{ListOf(Operators)}}]
              writer = [{{ListOf(Writers)}}]
              reader = [{{ListOf(Readers)}}]
            }
          }
        }
        """).WithFallback(plain);

    private static string ListOf(ImmutableArray<string> names) => string.Join(", ", names.Select(Quoted));

    /// <summary>A text as a value of HOCON.</summary>
    public static string Quoted(string? text) => $"\"{text?.Replace("\\", @"\\").Replace("\"", "\\\"")}\"";
}
