using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RaftActors.Security;

/// <summary>
/// Mutual TLS: each side shows a certificate that a trusted root has signed, for its use, within its time. With pins, its key must also be
/// one of the pinned ones. Revocation lists are not read.
/// </summary>
/// <param name="own">This node's certificate, with its private key.</param>
/// <param name="intermediates">The certificates between it and the root.</param>
/// <param name="roots">The trusted roots. A pin without a root would prove a key, and no name.</param>
/// <param name="pins">SHA-256 of accepted public keys, as base64; empty: the roots alone decide.</param>
internal sealed class CertificateCredentials(
    X509Certificate2 own,
    X509Certificate2Collection intermediates,
    X509Certificate2Collection roots,
    ImmutableHashSet<string> pins,
    RoleRules roles)
    : LaneCredentials(SslStreamCertificateContext.Create(own, intermediates, offline: true))
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    /// <summary>This node's certificate.</summary>
    public X509Certificate2 Own => own;

    /// <inheritdoc/>
    public override async Task<LaneIdentity> AuthenticateAsServerAsync(SslStream tls, CancellationToken cancellation)
    {
        string? problem = null;
        var sent = new X509Certificate2Collection();
        var options = ServerOptions((_, shown, chain, _) => (problem = Problem(shown, Take(chain, sent), ClientUse)) is null);
        await tls.AuthenticateAsServerAsync(options, cancellation).WithReason(() => problem).ConfigureAwait(false);
        return IdentityOf(tls, sent);
    }

    /// <inheritdoc/>
    public override async Task<LaneIdentity> AuthenticateAsClientAsync(SslStream tls, string host, CancellationToken cancellation)
    {
        string? problem = null;
        var sent = new X509Certificate2Collection();
        var options = ClientOptions(
            host,
            showsCertificate: true,
            (_, shown, chain, _) => (problem = Problem(shown, Take(chain, sent), ServerUse) ?? ProblemOfHost(shown, host)) is null);
        await tls.AuthenticateAsClientAsync(options, cancellation).WithReason(() => problem).ConfigureAwait(false);
        return IdentityOf(tls, sent);
    }

    /// <inheritdoc/>
    public override bool StillAccepts(LaneIdentity identity, X509Certificate2? certificate) =>
        certificate is not null
        && Problem(certificate, identity.Intermediates, use: null) is null
        && identity.Role == roles.RoleOf(CertificateNames.Of(certificate));

    private static string? ProblemOfHost(X509Certificate? shown, string host)
    {
        var names = CertificateNames.Of((X509Certificate2)shown!); // Justification: Problem has checked it.
        return names.Any(name => RoleRules.Fits(name, host))
            ? null
            : $"its certificate is for {string.Join(", ", names)}, and not for '{host}'; connect to one of these names, or issue a "
                + $"certificate with the subject alternative name '{host}'";
    }

    // TLS disposes its own.
    private static X509Certificate2Collection Take(X509Chain? chain, X509Certificate2Collection sent)
    {
        foreach (var each in chain?.ChainPolicy.ExtraStore ?? [])
        {
            sent.Add(X509CertificateLoader.LoadCertificate(each.RawData));
        }

        return sent;
    }

    private LaneIdentity IdentityOf(SslStream tls, X509Certificate2Collection sent)
    {
        var names = CertificateNames.Of((X509Certificate2)tls.RemoteCertificate!); // Justification: the handshake demands it.
        return new LaneIdentity(names.FirstOrDefault("without a name"), names, roles.RoleOf(names)) { Intermediates = sent };
    }

    // Null: it is accepted.
    private string? Problem(X509Certificate? shown, X509Certificate2Collection sent, string? use)
    {
        if (shown is not X509Certificate2 certificate)
        {
            return "it shows no certificate; set raft.security.tls on that node, or --tls-cert for the raft program";
        }

        if (pins.Count > 0 && !pins.Contains(PinOf(certificate)))
        {
            return $"the key of its certificate ({PinOf(certificate)}) is not in raft.security.tls.pins";
        }

        return ProblemOfChain(certificate, sent, use);
    }

    private static string PinOf(X509Certificate2 certificate) =>
        Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));

    private static string? ProblemOfTime(X509Certificate2 certificate) =>
        DateTime.Now < certificate.NotBefore || DateTime.Now > certificate.NotAfter
            ? $"its certificate is valid from {certificate.NotBefore:u} to {certificate.NotAfter:u}, and now is {DateTime.Now:u}"
            : null;

    private string? ProblemOfChain(X509Certificate2 certificate, X509Certificate2Collection sent, string? use)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.ExtraStore.AddRange(sent);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (use is not null)
        {
            chain.ChainPolicy.ApplicationPolicy.Add(new Oid(use));
        }

        return chain.Build(certificate)
            ? null
            : ProblemOfTime(certificate) ?? "its certificate is not accepted: "
                + string.Join("; ", chain.ChainStatus.Select(status => status.StatusInformation.Trim().TrimEnd('.')).Distinct());
    }
}
