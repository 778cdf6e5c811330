using System.Security.Cryptography.X509Certificates;

namespace RaftActors.Security;

internal static class TlsKeys
{
    /// <summary>Windows uses a key for TLS only if it was imported from a PFX. Elsewhere returns the certificate as it is.</summary>
    public static X509Certificate2 ForTls(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows())
        {
            return certificate;
        }

        using (certificate)
        {
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
        }
    }
}
