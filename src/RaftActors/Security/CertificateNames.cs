using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace RaftActors.Security;

/// <summary>The names of a certificate: its DNS names and IP addresses, or its common name if it has none of them.</summary>
internal static class CertificateNames
{
    private const string CommonName = "2.5.4.3";

    public static ImmutableArray<string> Of(X509Certificate2 certificate)
    {
        ImmutableArray<string> names =
        [
            .. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
                .SelectMany(each => each.EnumerateDnsNames().Concat(each.EnumerateIPAddresses().Select(TextOf))),
        ];
        return names.IsEmpty ? [.. CommonNames(certificate)] : names;
    }

    // Without a CN, GetNameInfo would take an organisation or a mail address for the name.
    private static IEnumerable<string> CommonNames(X509Certificate2 certificate) => certificate.SubjectName
        .EnumerateRelativeDistinguishedNames()
        .Where(part => !part.HasMultipleElements && part.GetSingleElementType().Value == CommonName)
        .Select(part => part.GetSingleElementValue() ?? "")
        .Where(name => name.Length > 0)
        .Take(1);

    private static string TextOf(IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
}
