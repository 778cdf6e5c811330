using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace RaftActors.Security;

/// <summary>The names of a certificate: its DNS names and IP addresses, or its common name if it has none of them.</summary>
internal static class CertificateNames
{
    private const string SubjectAlternativeName = "2.5.29.17";

    public static ImmutableArray<string> Of(X509Certificate2 certificate)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        foreach (var extension in certificate.Extensions)
        {
            if (extension.Oid?.Value == SubjectAlternativeName)
            {
                var alternatives = new X509SubjectAlternativeNameExtension(extension.RawData, extension.Critical);
                names.AddRange(alternatives.EnumerateDnsNames());
                names.AddRange(alternatives.EnumerateIPAddresses().Select(TextOf));
            }
        }

        if (names.Count == 0 && certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { Length: > 0 } common)
        {
            names.Add(common);
        }

        return names.ToImmutable();
    }

    private static string TextOf(IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
}
