using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Akka.Event;

namespace Akka.Remote;

/// <summary>
/// TLS 1.3 of remoting. Both ends send certificates and check that of the other end, unless the configuration says otherwise.
/// </summary>
internal sealed class Tls
{
    private readonly TlsSettings _settings;
    private readonly CertificateFile _file;

    /// <exception cref="RemoteTransportException">The certificate file cannot be used.</exception>
    public Tls(TlsSettings settings, ILoggingAdapter log)
    {
        _settings = settings;
        _file = new CertificateFile(settings, log);
        if (settings.SuppressValidation)
        {
            log.Warning($"{TlsSettings.Section}.suppress-validation is on: every certificate is accepted. Use this for tests only.");
        }
        else if (!_file.Current().HasRoots && !HasOwnTrust())
        {
            log.Warning(
                "Peers are accepted with a certificate of any authority that this machine trusts, which include public ones. "
                + $"Append the certificate of your own authority to '{settings.CertificatePath}', or set SSL_CERT_FILE and SSL_CERT_DIR.");
        }
    }

    /// <summary>Makes the handshake of an accepted connection. To cancel it, close the connection.</summary>
    public async Task AcceptAsync(Connection connection)
    {
        var certificate = _file.Current();
        var check = new PeerCheck(_settings, isOfAcceptor: false);
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate.Context,
            ClientCertificateRequired = _settings.RequireMutualAuthentication,
            CertificateChainPolicy = certificate.PolicyFor(ofAcceptor: false),
            RemoteCertificateValidationCallback = check.IsAccepted,
            EnabledSslProtocols = SslProtocols.Tls13,
            // A resumed session would not be checked against the present certificates.
            AllowTlsResume = false,
            AllowRenegotiation = false,
        };
        try
        {
            await connection.StartTls().AuthenticateAsServerAsync(options).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException)
        {
            throw check.Explained(failure);
        }
    }

    /// <summary>Makes the handshake of a connection that this system has opened.</summary>
    public async Task OpenAsync(Connection connection, string host, CancellationToken cancellation)
    {
        var certificate = _file.Current();
        var check = new PeerCheck(_settings, isOfAcceptor: true);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            ClientCertificateContext = certificate.Context,
            CertificateChainPolicy = certificate.PolicyFor(ofAcceptor: true),
            RemoteCertificateValidationCallback = check.IsAccepted,
            EnabledSslProtocols = SslProtocols.Tls13,
            AllowTlsResume = false,
            AllowRenegotiation = false,
        };
        try
        {
            await connection.StartTls().AuthenticateAsClientAsync(options, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException)
        {
            throw check.Explained(failure);
        }
    }

    /// <summary>Returns whether the opener's certificate allows it to use an address with this host.</summary>
    public bool AllowsName(X509Certificate2? certificate, string? host) =>
        !_settings.ValidateHostname
        || !_settings.RequireMutualAuthentication
        || (certificate is not null && host is not null && certificate.MatchesHostname(host));

    // .NET reads these variables on Linux. Without the second one, the directory of the system's certificates stays trusted.
    private static bool HasOwnTrust() => Environment.GetEnvironmentVariable("SSL_CERT_FILE") is { Length: > 0 }
        && Environment.GetEnvironmentVariable("SSL_CERT_DIR") is { Length: > 0 };

    /// <summary>The check of the peer's certificate in one handshake. It keeps the reason of a refusal for the log.</summary>
    private sealed class PeerCheck(TlsSettings settings, bool isOfAcceptor)
    {
        private string? _refusal;

        public bool IsAccepted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            if (certificate is null)
            {
                var isNeeded = isOfAcceptor || settings.RequireMutualAuthentication;
                _refusal = isNeeded ? "the peer sent no certificate" : null;
                return !isNeeded;
            }
            if (!settings.SuppressValidation && errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
            {
                var status = chain?.ChainStatus.Select(s => $"{s.Status}") ?? [];
                _refusal = $"the peer's certificate '{certificate.Subject}' is not trusted ({string.Join(", ", status)})";
                return false;
            }
            if (isOfAcceptor && settings.ValidateHostname && errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            {
                _refusal = $"the peer's certificate '{certificate.Subject}' is not valid for the host of its address";
                return false;
            }
            return true;
        }

        public AuthenticationException Explained(Exception failure) =>
            new(_refusal ?? $"the peer made no TLS 1.3 handshake ({failure.Message.TrimEnd('.')})", failure);
    }
}
