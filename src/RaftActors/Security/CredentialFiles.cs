using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

using RaftActors.Settings;

namespace RaftActors.Security;

/// <summary>Reads the credentials of a node from its files.</summary>
internal static class CredentialFiles
{
    /// <summary>Returns why the rights of a file forbid its use, with the remedy, or null.</summary>
    public static string? ObjectionTo(TlsFiles files) => files.All
        .Select(file => CredentialRights.ObjectionTo(file, HasKey(files, file)))
        .FirstOrDefault(objection => objection is not null);

    /// <summary>The risks of files that are used nevertheless.</summary>
    public static IEnumerable<string> ConcernsAbout(TlsFiles files) => files.All
        .Where(file => HasKey(files, file))
        .Select(CredentialRights.ConcernAbout)
        .OfType<string>();

    /// <exception cref="RaftConfigurationException">A file is missing or wrong. The message says which, why, and what to do.</exception>
    public static CertificateCredentials Read(TlsFiles files, RoleRules roles)
    {
        if (ObjectionTo(files) is { } objection)
        {
            throw new RaftConfigurationException($"Cannot use the files of raft.security: {objection}");
        }

        try
        {
            return ReadFiles(files, roles);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or CryptographicException)
        {
            throw new RaftConfigurationException($"Cannot read the files of raft.security: {e.Message} Check their paths and rights.");
        }
    }

    /// <summary>
    /// Reads credentials that replace others, so those that other nodes refuse now are not used yet. At a start a node has no others.
    /// </summary>
    /// <exception cref="RaftConfigurationException">As of <see cref="Read"/>, or the certificate is not valid yet.</exception>
    public static CertificateCredentials ReadNext(TlsFiles files, RoleRules roles)
    {
        var next = Read(files, roles);
        return next.Own.Begin() <= Machine.Current.Time.GetUtcNow()
            ? next
            : throw new RaftConfigurationException(
                $"The certificate in {files.Certificate} is not valid before {next.Own.Begin():u}. It is used from then on. If it should "
                    + "be valid now, correct the clock of this machine, or of the one that issued it.");
    }

    private static bool HasKey(TlsFiles files, string file) =>
        file == files.Key || (file == files.Certificate && (files.Key.Length == 0 || IsPfx(file)));

    private static bool IsPfx(string file)
    {
        try
        {
            return X509Certificate2.GetCertContentType(file) == X509ContentType.Pkcs12;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            // The reading of the file reports this.
            return false;
        }
    }

    private static CertificateCredentials ReadFiles(TlsFiles files, RoleRules roles)
    {
        var (own, intermediates) = ReadOwn(files);
        if (!own.HasPrivateKey)
        {
            throw new InvalidDataException(
                $"{files.Certificate} has no private key. Name the file with the key in raft.security.tls.key.");
        }

        if (own.End() < Machine.Current.Time.GetUtcNow())
        {
            throw new InvalidDataException($"The certificate in {files.Certificate} has expired on {own.End():u}. Issue another one.");
        }

        return new CertificateCredentials(own, intermediates, ReadRoots(files.Ca), [.. files.Pins], roles);
    }

    private static (X509Certificate2 Own, X509Certificate2Collection Intermediates) ReadOwn(TlsFiles files)
    {
        var password = files.Password.Length > 0 ? files.Password : null;
        var others = new X509Certificate2Collection();
        try
        {
            if (IsPfx(files.Certificate))
            {
                var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(files.Certificate, password);
                var own = all.FirstOrDefault(each => each.HasPrivateKey)
                    ?? throw new InvalidDataException($"{files.Certificate} has no private key. Export it together with its key.");
                others.AddRange(all);
                others.Remove(own);
                return (own, others);
            }

            others.ImportFromPemFile(files.Certificate);
            others.RemoveAt(0);
            var key = files.Key.Length > 0 ? files.Key : files.Certificate;
            return (
                TlsKeys.ForTls(password is null
                    ? X509Certificate2.CreateFromPemFile(files.Certificate, key)
                    : X509Certificate2.CreateFromEncryptedPemFile(files.Certificate, password, key)),
                others);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            var place = files.Key.Length > 0 ? $"{files.Certificate} and {files.Key}" : files.Certificate;
            throw new InvalidDataException(
                $"The certificate and its private key cannot be read from {place}: {e.Message.TrimEnd('.')}. Use PEM files that belong "
                + "together, or a PFX file, and raft.security.tls.password if the key is encrypted.");
        }
    }

    private static X509Certificate2Collection ReadRoots(string path)
    {
        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPemFile(path);
        }
        catch (CryptographicException e)
        {
            throw new InvalidDataException($"The CA in {path} cannot be read: {e.Message.TrimEnd('.')}. Use a PEM file.");
        }

        return roots.Count > 0
            ? roots
            : throw new InvalidDataException($"{path} has no certificate. Use a PEM file with the certificates of your CA.");
    }
}
