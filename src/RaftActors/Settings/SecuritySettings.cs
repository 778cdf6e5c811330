using System.Collections.Immutable;

using Akka.Configuration;

using static RaftActors.RaftConfigurationException;

namespace RaftActors.Settings;

/// <summary>How the connections of raft are protected. The settings are of the whole node.</summary>
/// <param name="Tls">Null for neither encryption nor authentication.</param>
/// <param name="ReloadInterval">The time between two checks of the files.</param>
internal sealed record SecuritySettings(TlsFiles? Tls, TimeSpan ReloadInterval, RoleRules Roles)
{
    private const string CertificateKey = "security.tls.certificate";

    public bool IsOn => Tls is not null;

    /// <param name="raft">The configuration of <c>raft</c>.</param>
    /// <exception cref="RaftConfigurationException">A setting is wrong.</exception>
    public static SecuritySettings Read(Config raft)
    {
        var certificate = raft.ReadText(CertificateKey);
        var settings = new SecuritySettings(
            certificate.Length > 0 ? ReadTls(raft, certificate) : null, raft.ReadTime("security.reload-interval"), RoleRules.Read(raft));
        if (!settings.IsOn)
        {
            Demand(
                raft.ReadText("security.tls.key").Length == 0 && raft.ReadText("security.tls.ca").Length == 0,
                $"raft.security.tls names a key or a CA, and no certificate. Set raft.{CertificateKey}.");
        }

        return settings;
    }

    private static TlsFiles ReadTls(Config raft, string certificate)
    {
        var tls = new TlsFiles(
            certificate,
            raft.ReadText("security.tls.key"),
            raft.ReadText("security.tls.password"),
            raft.ReadText("security.tls.ca"),
            [.. raft.ReadList("security.tls.pins")]);
        Demand(
            tls.Ca.Length > 0,
            "raft.security.tls.certificate is set, and raft.security.tls.ca is not. Name the file with the certificates of your CA: every "
            + "certificate that a well-known CA signed would be accepted otherwise. Self-signed certificates can stand there themselves; "
            + "raft.security.tls.pins does not replace them, since the owner of a key can write any name into a certificate.");
        return tls;
    }
}

/// <summary>The files of a node's certificate and of the certificates that it trusts.</summary>
/// <param name="Certificate">PEM with the certificate and its intermediate ones, or PFX.</param>
/// <param name="Key">PEM with the private key. Empty if it is in the certificate's file.</param>
/// <param name="Password">The password of a PFX file or an encrypted key, or empty.</param>
/// <param name="Ca">PEM with the trusted roots.</param>
/// <param name="Pins">SHA-256 of accepted public keys, as base64. If empty, only the roots decide.</param>
internal sealed record TlsFiles(string Certificate, string Key, string Password, string Ca, ImmutableArray<string> Pins)
{
    public IEnumerable<string> All => new[] { Certificate, Key, Ca }.Where(file => file.Length > 0);
}
