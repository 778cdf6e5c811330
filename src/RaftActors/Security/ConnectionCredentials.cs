using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace RaftActors.Security;

/// <summary>
/// The proof of this node's identity, and the check of the others'. Immutable; a change of the files makes another one. Two kinds exist:
/// <see cref="CertificateCredentials"/> and <see cref="SecretCredentials"/>. TLS 1.3 encrypts both. Thread-safe.
/// </summary>
internal abstract class ConnectionCredentials(SslStreamCertificateContext certificate)
{
    /// <summary>Encrypts an incoming connection, and demands the proof of the other side.</summary>
    /// <exception cref="AuthenticationException">The other side is not accepted.</exception>
    /// <exception cref="IOException">The connection was lost.</exception>
    public abstract Task<PeerIdentity> AuthenticateAsServerAsync(SslStream tls, CancellationToken cancellation);

    /// <summary>Encrypts an outgoing connection, and demands the proof of the other side.</summary>
    /// <param name="tls">The connection.</param>
    /// <param name="host">The host that was connected to. The other side must be entitled to it.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="AuthenticationException">The other side is not accepted.</exception>
    /// <exception cref="IOException">The connection was lost.</exception>
    public abstract Task<PeerIdentity> AuthenticateAsClientAsync(SslStream tls, string host, CancellationToken cancellation);

    /// <summary>Whether the identity of an open connection would still be accepted, and with the same role.</summary>
    public abstract bool StillAccepts(PeerIdentity identity);

    // A resumed session would skip the check of the certificate.
    private protected SslServerAuthenticationOptions ServerOptions(RemoteCertificateValidationCallback? demand) => new()
    {
        ServerCertificateContext = certificate,
        ClientCertificateRequired = demand is not null,
        EnabledSslProtocols = SslProtocols.Tls13,
        AllowTlsResume = false,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = demand,
    };

    private protected SslClientAuthenticationOptions ClientOptions(
        string host, bool showsCertificate, RemoteCertificateValidationCallback demand)
    {
        return new SslClientAuthenticationOptions
        {
            TargetHost = host,
            ClientCertificateContext = showsCertificate ? certificate : null,
            EnabledSslProtocols = SslProtocols.Tls13,
            AllowTlsResume = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = demand,
        };
    }
}
