using System.Security.Cryptography.X509Certificates;
using Akka.Configuration;

namespace Akka.Remote;

/// <summary>The section akka.remote.dot-netty.tcp.ssl. A key that cannot be honoured is an error.</summary>
internal sealed class TlsSettings
{
    internal const string Section = "akka.remote.dot-netty.tcp.ssl";
    private const string FlagNames =
        "default-key-set, exportable, machine-key-set, persist-key-set, user-key-set, user-protected";

    /// <exception cref="ConfigurationException">A key is missing, unknown, or not supported.</exception>
    public TlsSettings(Config ssl)
    {
        // Akka.NET accepts both spellings.
        foreach (var key in (string[])["use-thumbprint-over-file", "use-thumprint-over-file"])
        {
            if (ssl.GetBoolean($"certificate.{key}"))
            {
                throw new ConfigurationException(
                    $"{Section}.certificate.{key} is on, and Akka.Embedded reads no certificate stores. Turn it off, and set "
                    + $"{Section}.certificate.path to a PFX or PEM file with certificate and private key.");
            }
        }

        CertificatePath = ssl.GetString("certificate.path") ?? "";
        if (CertificatePath.Length == 0)
        {
            throw new ConfigurationException(
                "akka.remote.dot-netty.tcp.enable-ssl is on, and no certificate is configured. "
                + $"Set {Section}.certificate.path to a PFX or PEM file with certificate and private key.");
        }

        CertificatePassword = ssl.GetString("certificate.password") is { Length: > 0 } password ? password : null;
        Flags = ssl.GetStringList("certificate.flags").Aggregate(X509KeyStorageFlags.DefaultKeySet, (flags, name) => flags | Parse(name));
        SuppressValidation = ssl.GetBoolean("suppress-validation");
        RequireMutualAuthentication = ssl.GetBoolean("require-mutual-authentication", true);
        ValidateHostname = ssl.GetBoolean("validate-certificate-hostname");
    }

    public string CertificatePath { get; }

    public string? CertificatePassword { get; }

    /// <summary>Where the private key of a PFX file is stored while the process uses it.</summary>
    public X509KeyStorageFlags Flags { get; }

    /// <summary>Accept every certificate. For tests.</summary>
    public bool SuppressValidation { get; }

    public bool RequireMutualAuthentication { get; }

    public bool ValidateHostname { get; }

    private static X509KeyStorageFlags Parse(string name) => name switch
    {
        "default-key-set" => X509KeyStorageFlags.DefaultKeySet,
        "exportable" => X509KeyStorageFlags.Exportable,
        "machine-key-set" => X509KeyStorageFlags.MachineKeySet,
        "persist-key-set" => X509KeyStorageFlags.PersistKeySet,
        "user-key-set" => X509KeyStorageFlags.UserKeySet,
        "user-protected" => X509KeyStorageFlags.UserProtected,
        _ => throw new ConfigurationException($"{Section}.certificate.flags contains [{name}]. Expected {FlagNames}."),
    };
}
