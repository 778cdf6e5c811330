using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

using Akka.Event;

using RaftActors.Settings;

namespace RaftActors.Security;

/// <summary>
/// The credentials of a node, which are read again when a file has changed. If the new files cannot be used, that is logged once, and the
/// former credentials stay in force until they can: a certificate may begin later, and the clock of this machine may be corrected.
/// Thread-safe.
/// </summary>
internal sealed class CredentialStore : IDisposable
{
    private readonly Lock _reading = new();
    private readonly TlsFiles _files;
    private readonly RoleRules _roles;
    private readonly ILoggingAdapter _log;
    private readonly Timer _timer;
    private volatile CertificateCredentials _current;
    private byte[] _read;
    private (byte[] Files, string Why)? _refused;
    private X509Certificate2? _ending;

    /// <exception cref="RaftConfigurationException">A file is missing or wrong, or this machine lacks TLS 1.3.</exception>
    public CredentialStore(SecuritySettings settings, ILoggingAdapter log)
    {
        TlsSupport.Demand();
        (_files, _roles, _log) = (settings.Tls!, settings.Roles, log); // Justification: raft.security is set.
        _read = Fingerprint();
        _current = CredentialFiles.Read(_files, _roles);
        WarnOfEnd();
        WarnOfConcerns();
        _timer = new Timer(_ => OnTime(), null, settings.ReloadInterval, settings.ReloadInterval);
    }

    /// <summary>Raised on a thread of the pool when the credentials have changed.</summary>
    public event Action? Changed;

    public CertificateCredentials Current => _current;

    /// <summary>Reads the files again, if their content has changed.</summary>
    public void Refresh()
    {
        lock (_reading)
        {
            var found = Fingerprint();
            if (found.AsSpan().SequenceEqual(_read))
            {
                _refused = null;
                return;
            }

            try
            {
                _current = CredentialFiles.ReadNext(_files, _roles);
            }
            catch (Exception e)
            {
                if (_refused is not var (files, why) || !found.AsSpan().SequenceEqual(files) || e.Message != why)
                {
                    _refused = (found, e.Message);
                    _log.Warning("The changed files of raft.security are not used, and the former ones stay in force. {0}", e.Message);
                }

                return;
            }

            (_read, _refused) = (found, null);
            _log.Info("Read the changed files of raft.security.");
            WarnOfConcerns();
        }

        Changed?.Invoke();
    }

    private void WarnOfConcerns()
    {
        foreach (var concern in CredentialFiles.ConcernsAbout(_files))
        {
            _log.Warning("{0}", concern);
        }
    }

    // Catches every exception, because one that left the timer would end the program.
    private void OnTime()
    {
        try
        {
            Refresh();
            WarnOfEnd();
        }
        catch (Exception e)
        {
            _log.Error(e, "The files of raft.security could not be read again");
        }
    }

    // Warns once for each certificate, in the last third of its life, because some live for a day and others for years.
    private void WarnOfEnd()
    {
        var own = _current.Own;
        if (own != _ending
            && own.End() - Machine.Current.Time.GetUtcNow() < (own.End() - own.Begin()) / 3)
        {
            _ending = own;
            _log.Warning(
                "The certificate in {0} expires on {1:u}. Then other nodes refuse new connections. Replace it by a new one, which is read "
                    + "without a restart.",
                _files.Certificate,
                own.End());
        }
    }

    public void Dispose() => _timer.Dispose();

    // Made from the content, because the time of a file tells nothing if a link to a directory is exchanged, as Kubernetes does. Also from
    // the rights that forbid its use, which a chmod changes.
    private byte[] Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in _files.All)
        {
            try
            {
                hash.AppendData(File.ReadAllBytes(file));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                hash.AppendData("missing"u8);
            }
        }

        hash.AppendData(Encoding.UTF8.GetBytes(CredentialFiles.ObjectionTo(_files) ?? ""));
        return hash.GetHashAndReset();
    }
}
