using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Akka.Event;

namespace Akka.Remote;

/// <summary>
/// The certificate of this system. The file is read for each new connection, so a renewed certificate needs no restart. If the new
/// file cannot be used, the former certificate stays in use. Thread-safe.
/// </summary>
internal sealed class CertificateFile
{
    private readonly TlsSettings _settings;
    private readonly ILoggingAdapter _log;
    private readonly Lock _gate = new();
    private LoadedCertificate _current;
    private byte[] _bytes;
    private string? _problem;

    /// <exception cref="RemoteTransportException">The file cannot be used. The message says why, and what to do.</exception>
    public CertificateFile(TlsSettings settings, ILoggingAdapter log)
    {
        (_settings, _log) = (settings, log);
        _bytes = Read();
        _current = Load(_bytes);
    }

    /// <summary>Returns the certificate of the file, or the former one if the file cannot be used.</summary>
    public LoadedCertificate Current()
    {
        lock (_gate)
        {
            try
            {
                var bytes = Read();
                if (!bytes.AsSpan().SequenceEqual(_bytes))
                {
                    _current = Load(bytes);
                    _bytes = bytes;
                    _log.Info($"The certificate file '{_settings.CertificatePath}' has changed. New connections use {_current}.");
                }
                _problem = null;
            }
            catch (RemoteTransportException failure)
            {
                // One warning for each problem, although each connection meets it.
                if (_problem != failure.Message)
                {
                    _problem = failure.Message;
                    _log.Warning($"{failure.Message} The former certificate stays in use: {_current}.");
                }
            }
            return _current;
        }
    }

    private byte[] Read()
    {
        try
        {
            return File.ReadAllBytes(_settings.CertificatePath);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            var why = failure is FileNotFoundException or DirectoryNotFoundException ? "it does not exist" : failure.Message.TrimEnd('.');
            throw Unusable(why, $"Set {TlsSettings.Section}.certificate.path to a PFX or PEM file that this process may read", failure);
        }
    }

    private LoadedCertificate Load(byte[] bytes)
    {
        var isPem = bytes.AsSpan().IndexOf("-----BEGIN "u8) >= 0;
        X509Certificate2Collection all;
        try
        {
            all = isPem ? ReadPem(Encoding.UTF8.GetString(bytes)) : X509CertificateLoader.LoadPkcs12Collection(
                bytes, _settings.CertificatePassword, _settings.Flags);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            throw Unusable(
                $"it is damaged, or the password is wrong ({failure.Message.TrimEnd('.')})",
                $"Check {TlsSettings.Section}.certificate.password, and that the file has certificate and private key in PFX or PEM",
                failure);
        }
        var own = all.FirstOrDefault(certificate => certificate.HasPrivateKey) ?? throw Unusable(
            "it has no private key", "Use a PFX file with the key, or append the key to the PEM file");
        var now = DateTime.Now;
        if (now < own.NotBefore || now > own.NotAfter)
        {
            throw Unusable(
                $"the certificate '{own.Subject}' is valid from {own.NotBefore:u} to {own.NotAfter:u}, and now is {now:u}",
                "Renew the certificate, or correct this machine's clock");
        }
        return new LoadedCertificate(own, all);
    }

    private X509Certificate2Collection ReadPem(string text)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPem(text);
        if (all.Count == 0)
        {
            throw new CryptographicException("it has no certificate");
        }
        if (!text.Contains("PRIVATE KEY-----"))
        {
            return all;
        }
        // The first certificate belongs to the key, as other programs expect it, too.
        var own = _settings.CertificatePassword is { } password && text.Contains("ENCRYPTED PRIVATE KEY-----")
            ? X509Certificate2.CreateFromEncryptedPem(text, text, password)
            : X509Certificate2.CreateFromPem(text, text);
        // Windows cannot use the key of a PEM file for TLS until it is imported.
        all[0] = OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null) : own;
        return all;
    }

    private RemoteTransportException Unusable(string why, string remedy, Exception? cause = null) =>
        new($"The certificate file '{_settings.CertificatePath}' cannot be used: {why}. {remedy}.", cause);
}

/// <summary>A certificate with its key, and what is needed to send and to check certificates.</summary>
internal sealed class LoadedCertificate
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 _own;
    private readonly X509Certificate2Collection _roots = [];
    private readonly X509Certificate2Collection _intermediates = [];

    public LoadedCertificate(X509Certificate2 own, X509Certificate2Collection all)
    {
        _own = own;
        foreach (var certificate in all)
        {
            if (certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData))
            {
                _roots.Add(certificate);
            }
            else if (!ReferenceEquals(certificate, own))
            {
                _intermediates.Add(certificate);
            }
        }
        // Offline: otherwise a missing intermediate certificate is downloaded from the address in the certificate.
        Context = SslStreamCertificateContext.Create(own, _intermediates, offline: true);
    }

    public SslStreamCertificateContext Context { get; }

    /// <summary>Whether the file has root certificates. Only these are trusted then, and not those of the operating system.</summary>
    public bool HasRoots => _roots.Count > 0;

    /// <summary>Makes the rules for the peer's certificate. Each handshake needs its own.</summary>
    public X509ChainPolicy PolicyFor(bool ofAcceptor)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = HasRoots ? X509ChainTrustMode.CustomRootTrust : X509ChainTrustMode.System,
            RevocationMode = X509RevocationMode.NoCheck,
            // A certificate may name an address from which to download its issuer. A peer must not make this system connect to it.
            DisableCertificateDownloads = true,
        };
        policy.ApplicationPolicy.Add(new Oid(ofAcceptor ? ServerAuthentication : ClientAuthentication));
        policy.CustomTrustStore.AddRange(_roots);
        policy.ExtraStore.AddRange(_intermediates);
        return policy;
    }

    public override string ToString() => $"'{_own.Subject}', valid until {_own.NotAfter:u}";
}
