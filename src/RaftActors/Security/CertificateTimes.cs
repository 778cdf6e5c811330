using System.Security.Cryptography.X509Certificates;

namespace RaftActors.Security;

/// <summary>The times of a certificate. .NET gives them in local time, and one hour in autumn comes twice there.</summary>
internal static class CertificateTimes
{
#pragma warning disable RS0030 // Justification: this is the one place that reads local times.
    public static DateTimeOffset Begin(this X509Certificate2 certificate) => new(certificate.NotBefore.ToUniversalTime());

    public static DateTimeOffset End(this X509Certificate2 certificate) => new(certificate.NotAfter.ToUniversalTime());
#pragma warning restore RS0030
}
