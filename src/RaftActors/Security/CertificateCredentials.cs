using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

using RaftActors.Settings;

namespace RaftActors.Security;

/// <summary>
/// The proof of this node's identity, and the check of others: mutual TLS 1.3. Each side shows a certificate that a trusted root has
/// signed, for its use, within its time. With pins, its key must also be a pinned one. Revocation lists are not read. Immutable, because a
/// change of the files makes another object. Thread-safe.
/// </summary>
/// <param name="own">This node's certificate, with its private key.</param>
/// <param name="intermediates">The certificates between it and the root.</param>
/// <param name="roots">The trusted roots. A pin without a root would prove a key, but no name.</param>
/// <param name="pins">SHA-256 of accepted public keys, as base64. If empty, only the roots decide.</param>
internal sealed class CertificateCredentials(
    X509Certificate2 own,
    X509Certificate2Collection intermediates,
    X509Certificate2Collection roots,
    ImmutableHashSet<string> pins,
    RoleRules roles)
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly SslStreamCertificateContext _context = SslStreamCertificateContext.Create(own, intermediates, offline: true);
    private readonly RoleRules _roles = roles;

    public X509Certificate2 Own => own;

    /// <summary>Encrypts an incoming connection, and demands the proof of the other side.</summary>
    /// <exception cref="AuthenticationException">The other side is not accepted.</exception>
    /// <exception cref="IOException">The connection was lost.</exception>
    public Task<PeerIdentity> AuthenticateAsServerAsync(SslStream tls, CancellationToken cancellation)
    {
        var check = new Check(this, ClientUse, host: null);

        // Resumption is off, because it would skip the check of the certificate.
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _context,
            ClientCertificateRequired = true,
            EnabledSslProtocols = SslProtocols.Tls13,
            AllowTlsResume = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = check.Accepts,
        };
        return check.IdentityAfterAsync(tls.AuthenticateAsServerAsync(options, cancellation));
    }

    /// <summary>Encrypts an outgoing connection, and demands the proof of the other side.</summary>
    /// <param name="host">The host of the connection, which the other side's certificate must have.</param>
    /// <exception cref="AuthenticationException">The other side is not accepted.</exception>
    /// <exception cref="IOException">The connection was lost.</exception>
    public Task<PeerIdentity> AuthenticateAsClientAsync(SslStream tls, string host, CancellationToken cancellation)
    {
        var check = new Check(this, ServerUse, host);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            ClientCertificateContext = _context,
            EnabledSslProtocols = SslProtocols.Tls13,
            AllowTlsResume = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = check.Accepts,
        };
        return check.IdentityAfterAsync(tls.AuthenticateAsClientAsync(options, cancellation));
    }

    /// <summary>Tells whether the identity of an open connection would still be accepted, with the same role.</summary>
    public bool StillAccepts(PeerIdentity identity)
    {
        var (shown, sent) = (identity.Certificates[0], identity.Certificates[1..]);
        using var certificate = X509CertificateLoader.LoadCertificate(shown);
        return Problem(certificate, sent, use: null) is null && identity.Role == _roles.RoleOf(CertificateNames.Of(certificate));
    }

    private static string? ProblemOfHost(X509Certificate2? shown, string host)
    {
        var names = CertificateNames.Of(shown!); // Justification: Problem has checked it.
        return names.Any(name => RoleRules.Fits(name, host))
            ? null
            : $"its certificate is for {string.Join(", ", names)}, and not for '{host}'; connect to one of these names, or issue a "
                + $"certificate with the subject alternative name '{host}'";
    }

    // Null if the certificate is accepted.
    private string? Problem(X509Certificate2? certificate, ImmutableArray<byte[]> sent, string? use)
    {
        if (certificate is null)
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

    private static string? ProblemOfTime(X509Certificate2 certificate)
    {
        var now = Machine.Current.Time.GetUtcNow();
        return now < certificate.Begin() || now > certificate.End()
            ? $"its certificate is valid from {certificate.Begin():u} to {certificate.End():u}, and now is {now:u}"
            : null;
    }

    // Certificates are disposed here. The framework leaves them to the garbage collector, which does not see their memory, so a flood of
    // connections would fill it.
    private string? ProblemOfChain(X509Certificate2 certificate, ImmutableArray<byte[]> sent, string? use)
    {
        X509Certificate2[] intermediates = [.. sent.Select(X509CertificateLoader.LoadCertificate)];
        using var chain = new X509Chain();
        try
        {
            return ProblemOfChain(chain, certificate, intermediates, use);
        }
        finally
        {
            foreach (var used in chain.ChainElements.Select(element => element.Certificate).Concat(intermediates))
            {
                used.Dispose();
            }
        }
    }

    private string? ProblemOfChain(X509Chain chain, X509Certificate2 certificate, X509Certificate2[] sent, string? use)
    {
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

    private sealed class Check(CertificateCredentials credentials, string use, string? host)
    {
        private X509Certificate? _given;
        private X509Certificate2? _shown;
        private ImmutableArray<byte[]> _sent = [];

        // Why the certificate is refused, or null.
        private string? _problem;

        public bool Accepts(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors)
        {
            _given = shown;
            _shown = Copy(shown);
            _sent = [.. chain?.ChainPolicy.ExtraStore.Select(each => each.RawData) ?? []];
            _problem = credentials.Problem(_shown, _sent, use) ?? (host is null ? null : ProblemOfHost(_shown, host));
            return _problem is null;
        }

        /// <summary>Returns the identity of the other side. Replaces the message of TLS by the reason, where this node knows it.</summary>
        /// <exception cref="AuthenticationException">The handshake failed.</exception>
        public async Task<PeerIdentity> IdentityAfterAsync(Task handshake)
        {
            try
            {
                await handshake.ConfigureAwait(false);
                var certificate = _shown!; // Justification: the handshake demands it.
                var names = CertificateNames.Of(certificate);
                return new PeerIdentity(names.FirstOrDefault("without a name"), names, credentials._roles.RoleOf(names))
                {
                    Certificates = [certificate.RawData, .. _sent],
                };
            }
            catch (AuthenticationException e)
            {
                throw new AuthenticationException(
                    _problem ?? $"TLS failed ({(e.InnerException ?? e).Message.TrimEnd('.')}); the other side may have no raft.security, "
                        + "or be no raft program",
                    e);
            }
            finally
            {
                _given?.Dispose();
                _shown?.Dispose();
            }
        }

        // The certificate of TLS is disposed as soon as another thread closes the connection, which may be during the check.
        private static X509Certificate2? Copy(X509Certificate? shown)
        {
            try
            {
                return shown is null ? null : X509CertificateLoader.LoadCertificate(shown.GetRawCertData());
            }
            catch (Exception e)
            {
                throw new IOException("The connection was closed while its certificate was read.", e);
            }
        }
    }
}
