using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MemCache.Core;

namespace MemCache.MetaService;

/// <summary>
/// The revocation lists of <c>ca.crl.path</c> for client certificates over HTTPS: the framework asks the network for
/// lists, and can't be given a file. Who put the file there is trusted, so its signatures are not checked again. As
/// with the other connections, the list of a certificate's issuer must be there and in time: else nobody gets in.
/// </summary>
internal sealed class RevocationLists
{
    private const string Label = "X509 CRL";

    // Tag of what ends the fixed part of a list: its extensions.
    private static readonly Asn1Tag Extensions = new(TagClass.ContextSpecific, 0, isConstructed: true);

    private readonly List<Entry> _lists = [];
    private readonly bool _isOn;

    private RevocationLists(bool isOn) => _isOn = isOn;

    /// <summary>Reads a file; empty: nothing is checked.</summary>
    /// <exception cref="OptionsException">It holds something else.</exception>
    public static RevocationLists Read(byte[] file)
    {
        var lists = new RevocationLists(isOn: file.Length > 0);
        ReadOnlySpan<char> text = Encoding.UTF8.GetString(file);
        while (PemEncoding.TryFind(text, out PemFields fields))
        {
            if (text[fields.Label].SequenceEqual(Label))
            {
                lists.Add(Convert.FromBase64String(text[fields.Base64Data].ToString()));
            }

            text = text[fields.Location.End..];
        }

        return lists._lists.Count > 0 || !lists._isOn
            ? lists
            : throw new OptionsException($"'{MetaServiceOptions.TlsPrefix}.ca.crl.path': there is no {Label} in it");
    }

    /// <summary>Whether a certificate, and those above it as far as there are lists, are not revoked.</summary>
    public bool Allow(X509Chain chain, DateTimeOffset now)
    {
        for (int i = 0; _isOn && i < chain.ChainElements.Count - 1; i++)
        {
            X509Certificate2 certificate = chain.ChainElements[i].Certificate;
            Entry[] own = [.. _lists.Where(list => certificate.IssuerName.RawData.AsSpan().SequenceEqual(list.Issuer))];
            var serial = new BigInteger(certificate.SerialNumberBytes.Span, isUnsigned: false, isBigEndian: true);
            bool isMissing = i == 0 && own.Length == 0;
            if (isMissing || own.Any(list => list.EndsAt < now || list.Serials.Contains(serial)))
            {
                return false;
            }
        }

        return true;
    }

    // RFC 5280, section 5.1.
    private void Add(byte[] encoded)
    {
        try
        {
            AsnReader list = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence().ReadSequence();
            if (list.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
            {
                _ = list.ReadInteger();
            }

            _ = list.ReadEncodedValue();
            byte[] issuer = list.ReadEncodedValue().ToArray();
            _ = ReadTime(list);
            DateTimeOffset endsAt = IsTime(list) ? ReadTime(list) : DateTimeOffset.MaxValue;
            var serials = new HashSet<BigInteger>();
            if (list.HasData && !list.PeekTag().HasSameClassAndValue(Extensions))
            {
                AsnReader entries = list.ReadSequence();
                while (entries.HasData)
                {
                    _ = serials.Add(entries.ReadSequence().ReadInteger());
                }
            }

            _lists.Add(new Entry(issuer, endsAt, serials));
        }
        catch (AsnContentException exception)
        {
            throw new OptionsException($"'{MetaServiceOptions.TlsPrefix}.ca.crl.path': {exception.Message}");
        }
    }

    private static bool IsTime(AsnReader reader) => reader.HasData
        && (reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime)
            || reader.PeekTag().HasSameClassAndValue(Asn1Tag.GeneralizedTime));

    private static DateTimeOffset ReadTime(AsnReader reader) =>
        reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? reader.ReadUtcTime() : reader.ReadGeneralizedTime();

    private sealed record Entry(byte[] Issuer, DateTimeOffset EndsAt, HashSet<BigInteger> Serials);
}
