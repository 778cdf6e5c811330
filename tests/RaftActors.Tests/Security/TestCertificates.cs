namespace RaftActors.Tests.Security;

/// <summary>A CA of one test, with the certificates that it signs, as PEM files in a directory of the test.</summary>
internal sealed class TestCertificates
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly string _folder;
    private readonly X509Certificate2 _ca;
    private readonly string _chain = "";

    /// <param name="folder">Exists.</param>
    public TestCertificates(string folder, string name = "ca")
    {
        _folder = folder;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _ca = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(2));
        Ca = Path.Combine(folder, $"{name}.pem");
        File.WriteAllText(Ca, $"{_ca.ExportCertificatePem()}\n");
    }

    private TestCertificates(TestCertificates root, X509Certificate2 ca) =>
        (_folder, Ca, _ca, _chain) = (root._folder, root.Ca, ca, $"{ca.ExportCertificatePem()}\n");

    /// <summary>A CA that this one has signed. Its certificates come with its own.</summary>
    public TestCertificates Below(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1.5), DateTimeOffset.UtcNow.AddDays(1.5));
        using var certificate = request.Create(_ca, from, to, RandomNumberGenerator.GetBytes(8));
        return new TestCertificates(this, certificate.CopyWithPrivateKey(key));
    }

    /// <summary>The file of the CA's certificate.</summary>
    public string Ca { get; }

    /// <summary>Writes a certificate and its key into one file, and returns its path.</summary>
    /// <param name="file">The name of the file, without extension.</param>
    /// <param name="names">DNS names and addresses.</param>
    /// <param name="password">Encrypts the key. Null: it is not encrypted.</param>
    /// <param name="isServer">The certificate is for servers alone.</param>
    /// <param name="commonName">Null: the first of the names.</param>
    public string Issue(
        string file,
        string[] names,
        bool isClient = false,
        double days = 1,
        string? password = null,
        bool isServer = false,
        string? commonName = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={commonName ?? names[0]}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        request.CertificateExtensions.Add(alternatives.Build());
        OidCollection uses = isClient ? [new Oid(ClientUse)] : isServer ? [new Oid(ServerUse)] : [new Oid(ServerUse), new Oid(ClientUse)];
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(uses, false));
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1 + Math.Min(days, 0)), DateTimeOffset.UtcNow.AddDays(days));
        using var certificate = request.Create(_ca, from, to, RandomNumberGenerator.GetBytes(8));
        var path = Path.Combine(_folder, $"{file}.pem");
        var next = $"{path}.next";
        var keyText = password is null
            ? key.ExportPkcs8PrivateKeyPem()
            : key.ExportEncryptedPkcs8PrivateKeyPem(password, new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        PrivateText.Write(next, $"{certificate.ExportCertificatePem()}\n{_chain}{keyText}");
        File.Move(next, path, overwrite: true);
        return path;
    }

    /// <summary>Writes a certificate file and its key into a PFX file that this password opens, and returns its path.</summary>
    public static string ToPfx(string path, string password)
    {
        using var certificate = X509Certificate2.CreateFromPemFile(path, path);
        var pfx = Path.ChangeExtension(path, "pfx");
        PrivateText.Write(pfx, "");
        File.WriteAllBytes(pfx, certificate.Export(X509ContentType.Pkcs12, password));
        return pfx;
    }

    /// <summary>The entry of <c>raft.security.tls.pins</c> for a certificate file, as the page of security computes it.</summary>
    public static string PinOf(string path)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(path);
        return Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
    }
}
