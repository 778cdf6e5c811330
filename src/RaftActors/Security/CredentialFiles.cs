using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

using RaftActors.Settings;

namespace RaftActors.Security;

/// <summary>Reads the credentials of a node from its files.</summary>
internal static class CredentialFiles
{
    /// <summary>The files of the settings.</summary>
    public static ImmutableArray<string> Of(SecuritySettings settings) =>
        settings.Tls is { } tls ? [.. tls.All] : [settings.SecretsFile];

    /// <summary>Why the rights of a file forbid its use, with the remedy; null: none does.</summary>
    public static string? ObjectionTo(SecuritySettings settings) => Of(settings)
        .Select(file => CredentialRights.ObjectionTo(file, IsSecret(settings, file)))
        .FirstOrDefault(objection => objection is not null);

    /// <summary>The risks of files that are used all the same.</summary>
    public static IEnumerable<string> ConcernsAbout(SecuritySettings settings) => Of(settings)
        .Where(file => IsSecret(settings, file))
        .Select(CredentialRights.ConcernAbout)
        .OfType<string>();

    /// <exception cref="RaftConfigurationException">A file is missing or wrong. The message says which, why, and what to do.</exception>
    public static ConnectionCredentials Read(SecuritySettings settings)
    {
        if (ObjectionTo(settings) is { } objection)
        {
            throw new RaftConfigurationException($"Cannot use the files of raft.security: {objection}");
        }

        try
        {
            return settings.Tls is { } tls
                ? Read(tls, settings.Roles)
                : new SecretCredentials(SecretsFile.Read(File.ReadAllBytes(settings.SecretsFile), settings.SecretsFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new RaftConfigurationException($"Cannot read the files of raft.security: {e.Message} Check their paths and rights.");
        }
    }

    private static bool IsSecret(SecuritySettings settings, string file) => settings.Tls is not { } tls
        || file == tls.Key || (file == tls.Certificate && (tls.Key.Length == 0 || IsPfx(file)));

    private static bool IsPfx(string file)
    {
        try
        {
            return X509Certificate2.GetCertContentType(file) == X509ContentType.Pkcs12;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            // Reading the file reports this.
            return false;
        }
    }

    private static CertificateCredentials Read(TlsFiles files, RoleRules roles)
    {
        var (own, intermediates) = ReadOwn(files);
        if (!own.HasPrivateKey)
        {
            throw new InvalidDataException(
                $"{files.Certificate} has no private key. Name the file with the key in raft.security.tls.key.");
        }

        if (own.NotAfter < Machine.Current.Time.GetLocalNow().DateTime)
        {
            throw new InvalidDataException($"The certificate in {files.Certificate} has expired on {own.NotAfter:u}. Issue another one.");
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
