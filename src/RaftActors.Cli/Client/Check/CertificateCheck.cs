using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

using RaftActors.Cli.Security;

namespace RaftActors.Cli.Client.Check;

/// <summary>Checks until when the certificates in the options are valid.</summary>
internal static class CertificateCheck
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    public static IEnumerable<Finding> Findings(ConnectionSecurity security, DateTimeOffset now) =>
        new[] { security.Certificate, security.Ca }.OfType<string>().SelectMany(file => FindingsIn(file, security.Password, now));

    private static IEnumerable<Finding> FindingsIn(string file, string? password, DateTimeOffset now)
    {
        try
        {
            return [.. Read(file, password).Select(certificate => Check(file, certificate, now))];
        }
        catch (CryptographicException e)
        {
            return [Finding.Fail(file, $"it has no certificate that can be read: {Clause.Of(e.Message)}", "Use a PEM or PFX file.")];
        }
    }

    private static X509Certificate2Collection Read(string file, string? password)
    {
        if (X509Certificate2.GetCertContentType(file) == X509ContentType.Pkcs12)
        {
            return X509CertificateLoader.LoadPkcs12CollectionFromFile(file, password);
        }

        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(file);
        return certificates;
    }

    private static Finding Check(string file, X509Certificate2 certificate, DateTimeOffset now)
    {
        var (begin, end) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        var text = $"the certificate {certificate.Subject} is valid until {end:yyyy-MM-dd}";
        return begin > now.UtcDateTime
            ? Finding.Fail(
                file,
                $"the certificate {certificate.Subject} is valid from {begin:yyyy-MM-dd HH:mm} UTC: until then connections are refused",
                "Correct the clock of this machine or of the issuer, or issue another one.")
            : end < now.UtcDateTime
            ? Finding.Fail(file, $"{text}: it has expired, and new connections are refused", "Issue another one.")
            : end < now.UtcDateTime + Soon
            ? Finding.Warn(file, $"{text}, in less than {Soon.TotalDays} days", "Issue another one, and replace the file.")
            : Finding.Ok(file, text);
    }
}
