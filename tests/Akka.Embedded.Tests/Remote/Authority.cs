using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Akka.Embedded.Tests.Remote;

/// <summary>A certificate authority of one test. Its files are deleted after the test.</summary>
internal sealed class Authority : IDisposable
{
    public const string Password = "secret of the test";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("authority");
    private readonly X509Certificate2 _root;

    public Authority(string name = "root")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _root = request.CreateSelfSigned(DateTimeOffset.Now.AddDays(-30), DateTimeOffset.Now.AddDays(30));
    }

    /// <summary>Issues a certificate for hosts, valid from 20 days ago for the given days.</summary>
    public X509Certificate2 Issue(string name = "node", string[]? hosts = null, int days = 40, X509Extension? extension = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts ?? ["127.0.0.1"])
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }
        request.CertificateExtensions.Add(names.Build());
        if (extension is not null)
        {
            request.CertificateExtensions.Add(extension);
        }
        var from = DateTimeOffset.Now.AddDays(-20);
        using var certificate = request.Create(_root, from, from.AddDays(days), RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>Writes a PFX file with a certificate, its key, and this authority's root.</summary>
    public string Pfx(X509Certificate2? certificate = null) => Write(PfxBytes(certificate ?? Issue()), ".pfx");

    /// <summary>Returns the bytes of a PFX file. Without the root, peers are checked by the trust of the operating system.</summary>
    public byte[] PfxBytes(X509Certificate2 certificate, bool withRoot = true)
    {
        var all = new X509Certificate2Collection(certificate);
        if (withRoot)
        {
            all.Add(X509CertificateLoader.LoadCertificate(_root.RawData));
        }
        return all.Export(X509ContentType.Pkcs12, Password)!; // Justification: null only for types that hold one certificate.
    }

    /// <summary>Writes a PEM file with the root itself and its key.</summary>
    public string Self() => Write(Encoding.ASCII.GetBytes($"{RootPem}\n{Key(_root)}\n"), ".pem");

    /// <summary>Writes a PEM file with a certificate, its key, and this authority's root.</summary>
    public string Pem(X509Certificate2 certificate) =>
        Write(Encoding.ASCII.GetBytes($"{certificate.ExportCertificatePem()}\n{Key(certificate)}\n{RootPem}\n"), ".pem");

    public string EncryptedPem(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!; // Justification: Issue makes one.
        var cipher = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        var text = $"{key.ExportEncryptedPkcs8PrivateKeyPem(Password, cipher)}\n{certificate.ExportCertificatePem()}\n{RootPem}\n";
        return Write(Encoding.ASCII.GetBytes(text), ".pem");
    }

    public string PemWithoutKey(X509Certificate2 certificate) =>
        Write(Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()), ".pem");

    public string Write(byte[] content, string extension)
    {
        var path = Path.Combine(_directory.FullName, Guid.NewGuid().ToString("N") + extension);
        File.WriteAllBytes(path, content);
        return path;
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private string RootPem => _root.ExportCertificatePem();

    private static string Key(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!; // Justification: as above.
        return key.ExportPkcs8PrivateKeyPem();
    }
}
