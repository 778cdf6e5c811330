using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RaftActors.Cli.Certificates;

/// <summary>A CA with its private key. Signs certificates with new ECDSA keys of the curve P-256.</summary>
internal sealed class CertificateAuthority(X509Certificate2 certificate) : IDisposable
{
    private const int YearsOfCa = 10;
    private const int SerialSize = 16;
    private const int CommonNameLengthMax = 64;

    private static readonly Oid ServerUse = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientUse = new("1.3.6.1.5.5.7.3.2");

    // Certificates are valid from five minutes ago, because the clocks of other machines may be behind.
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(5);

    public X509Certificate2 Certificate => certificate;

    public static CertificateAuthority Make(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=raft CA {RandomNumberGenerator.GetHexString(8)}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority(pathLengthConstraint: 0));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return new CertificateAuthority(request.CreateSelfSigned(now - Early, now.AddYears(YearsOfCa)));
    }

    /// <summary>Signs a certificate, which expires with the CA's at the latest. Returns it with its private key.</summary>
    public X509Certificate2 Sign(CertificateName holder, DateTimeOffset now, TimeSpan validity)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = RequestOf(holder, key);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(certificate, true, false));
        var serial = RandomNumberGenerator.GetBytes(SerialSize);

        // DER demands a positive number without a leading zero byte.
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        using var signed = request.Create(
            certificate,
            Later(now - Early, certificate.NotBefore),
            Earlier(now + validity, certificate.NotAfter),
            serial);
        return signed.CopyWithPrivateKey(key);
    }

    public void Dispose() => certificate.Dispose();

    private static CertificateRequest RequestOf(CertificateName holder, ECDsa key)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(holder.Name.Length <= CommonNameLengthMax ? holder.Name : "raft");
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForEndEntity(critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension(holder.IsServer ? [ServerUse, ClientUse] : [ClientUse], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in holder.Names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(name);
            }
        }

        request.CertificateExtensions.Add(names.Build());
        return request;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
