using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

using RaftActors.Storage;

namespace RaftActors.Cli.Certificates;

/// <summary>The PEM files of a CA and of its certificates in one folder, which only its user can read.</summary>
internal sealed class CertificateFolder(string path)
{
    public const string CertificateEnding = ".pem";
    public const string KeyEnding = ".key";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const string Ca = "ca";
    private const string Unfinished = ".new";

    public string CaCertificate => PathOf(Ca + CertificateEnding);

    public string CaKey => PathOf(Ca + KeyEnding);

    /// <summary>Creates the folder if it is missing.</summary>
    /// <exception cref="IOException">Other users could change it, or the disk refuses.</exception>
    public void Prepare()
    {
        // Checked again afterwards, because another user could create a missing folder after the first check.
        RefuseIfShared();
        CreateFolder(path);
        RefuseIfShared();
    }

    /// <exception cref="IOException">A file of one of these holders exists.</exception>
    public void RefuseExisting(IEnumerable<CertificateName> holders)
    {
        var existing = holders.SelectMany(holder => new[] { CertificateOf(holder), KeyOf(holder) }).FirstOrDefault(Path.Exists);
        if (existing is not null)
        {
            throw new IOException($"{existing} exists, and nothing was written. Replace it with --force, or leave its name out.");
        }
    }

    public string CertificateOf(CertificateName holder) => PathOf(holder.File + CertificateEnding);

    public string KeyOf(CertificateName holder) => PathOf(holder.File + KeyEnding);

    /// <summary>Reads the CA of the folder, or returns null without one.</summary>
    /// <exception cref="IOException">It is incomplete, expired or wrong.</exception>
    public CertificateAuthority? ReadCa(DateTimeOffset now)
    {
        if (!Path.Exists(CaCertificate) && !Path.Exists(CaKey))
        {
            return null;
        }

        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(CaCertificate, CaKey);
            DateTimeOffset end = certificate.NotAfter.ToUniversalTime();
            return end > now
                ? new CertificateAuthority(certificate)
                : throw new IOException($"The CA in {CaCertificate} has expired on {end:u}. Use a new folder.");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or FileNotFoundException)
        {
            throw new IOException(
                $"The CA in {CaCertificate} and {CaKey} cannot be used: {e.Message.TrimEnd('.')}. Put both files of one CA back, or use a "
                + "new folder.",
                e);
        }
    }

    public void WriteCa(CertificateAuthority authority) => Write(authority.Certificate, CaCertificate, CaKey, isReplacing: false);

    public void Write(CertificateName holder, X509Certificate2 certificate, bool isReplacing) =>
        Write(certificate, CertificateOf(holder), KeyOf(holder), isReplacing);

    private static void Write(X509Certificate2 certificate, string certificateFile, string keyFile, bool isReplacing)
    {
        using var key = certificate.GetECDsaPrivateKey()!; // Justification: CertificateAuthority makes ECDSA keys.
        WriteFile(keyFile, key.ExportPkcs8PrivateKeyPem(), isReplacing);
        WriteFile(certificateFile, certificate.ExportCertificatePem(), isReplacing);
    }

    // The file appears with its whole content. A rename does not follow a symbolic link at its place.
    private static void WriteFile(string path, string pem, bool isReplacing)
    {
        File.Delete(path + Unfinished);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using (var file = new FileStream(path + Unfinished, options))
        {
            file.Write(Encoding.ASCII.GetBytes(pem + '\n'));
        }

        File.Move(path + Unfinished, path, isReplacing);
    }

    // .NET would create the folders above it with the mode of the umask.
    private static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        if (Path.GetDirectoryName(path) is { Length: > 0 } above && !Directory.Exists(above))
        {
            CreateFolder(above);
        }

        Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
    }

    private void RefuseIfShared()
    {
        if (StoreTools.ObjectionTo(path) is { } objection)
        {
            throw new IOException($"Cannot keep keys in {path}: {objection}");
        }
    }

    private string PathOf(string name) => Path.Combine(path, name);
}
