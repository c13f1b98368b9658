using System.Text;
using Latlab.Operator.Webhooks.Certificates;

namespace Latlab.Operator.Tests.Webhooks;

/// <summary>When certificates are made anew, and in which order.</summary>
public sealed class CertificatePlannerTests
{
    private const string Name = "latlab-webhook.latlab-system.svc";

    private static readonly DateTimeOffset Start = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private static readonly CertificateSet Fresh = Made();

    [Fact]
    public void Nothing_stored_means_everything_new()
    {
        var plan = CertificatePlanner.Plan(CertificateSet.Empty, null, Name, Start);

        Assert.Equal((true, true), (plan.NewAuthority, plan.NewServing));
        Assert.Equal("there is no certificate authority, there is no serving certificate", plan.Why);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(59, "")]
    [InlineData(60, "the serving certificate is to be renewed")]
    [InlineData(89, "the serving certificate is to be renewed")]
    [InlineData(90, "the time of the serving certificate is over")]
    [InlineData(242, "the time of the serving certificate is over")]
    [InlineData(244, "the certificate authority is to be renewed, the time of the serving certificate is over")]
    [InlineData(365, "the certificate authority cannot sign, the time of the serving certificate is over")]
    public void Age_decides(int days, string why) => Assert.Equal(why, PlanAt(Fresh, days).Why);

    [Fact]
    public void Another_name_needs_another_certificate_and_no_other_authority()
    {
        var plan = CertificatePlanner.Plan(Fresh, Fresh.Bundle, "latlab-webhook.elsewhere.svc", Start);

        Assert.Equal((false, true), (plan.NewAuthority, plan.NewServing));
        Assert.Equal("the serving certificate is not for latlab-webhook.elsewhere.svc", plan.Why);
    }

    [Theory]
    [InlineData("tls.crt", false, true, "there is no serving certificate")]
    [InlineData("tls.key", false, true, "there is no serving certificate")]
    [InlineData("ca.key", true, false, "the certificate authority cannot sign")]
    [InlineData("ca.crt", true, true, "there is no certificate authority, the serving certificate is of no known authority")]
    public void What_is_damaged_or_missing_is_made_anew(string entry, bool newAuthority, bool newServing, string why)
    {
        byte[]?[] damages =
        [
            null, [], [0, 255], Encoding.ASCII.GetBytes("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"), Fresh.Write()[entry][..^60],
            Made().Write()[entry],
        ];
        // Another's authority is as good as any, but it is not this key's.
        foreach (var damage in entry == "ca.crt" ? damages[..^1] : damages)
        {
            var data = Fresh.Write();
            data[entry] = damage!;

            var plan = CertificatePlanner.Plan(CertificateSet.Read(data), Fresh.Bundle, Name, Start);

            Assert.Equal((newAuthority, newServing, why), (plan.NewAuthority, plan.NewServing, plan.Why));
        }
    }

    [Fact]
    public void An_authority_that_is_about_to_end_gets_a_successor_beside_it_and_serving_waits_until_that_is_told()
    {
        var serving = Renewed(Fresh, 200);
        var due = At(244);
        var plan = CertificatePlanner.Plan(serving, serving.Bundle, Name, due);
        Assert.Equal((true, false), (plan.NewAuthority, plan.NewServing));
        var both = CertificateIssuer.Issue(serving, plan, Name, due);
        Assert.Equal(2, both.Authorities.Count);
        Assert.Equal(serving.Authorities[0], both.Authorities[1]);
        Assert.Equal(serving.Serving, both.Serving);

        // Not told, or told a moment ago: the API servers may not know yet.
        Assert.False(CertificatePlanner.Plan(both, serving.Bundle, Name, due.AddHours(1)).HasWork);
        Assert.False(CertificatePlanner.Plan(both, both.Bundle, Name, due.AddSeconds(30)).HasWork);
        Assert.False(CertificatePlanner.Plan(both, null, Name, due.AddHours(1)).HasWork);

        var change = CertificatePlanner.Plan(both, both.Bundle, Name, due.AddMinutes(1));
        Assert.Equal((false, true, "the serving certificate is an earlier authority's"), (change.NewAuthority, change.NewServing, change.Why));
        var changed = CertificateIssuer.Issue(both, change, Name, due.AddMinutes(1));
        Assert.Equal(2, changed.Authorities.Count);
        Assert.False(CertificatePlanner.Plan(changed, changed.Bundle, Name, due.AddMinutes(2)).HasWork);

        // The old one goes when its time is over, and nothing else changes then.
        var over = At(366);
        changed = Renewed(changed, 350);
        var end = CertificatePlanner.Plan(changed, changed.Bundle, Name, over);
        Assert.Equal((false, false, "the time of an earlier certificate authority is over"), (end.NewAuthority, end.NewServing, end.Why));
        Assert.Equal(changed.Authorities[0], Assert.Single(CertificateIssuer.Issue(changed, end, Name, over).Authorities));
    }

    [Fact]
    public void A_serving_certificate_never_outlives_its_authority()
    {
        var late = CertificateIssuer.Issue(Fresh, new CertificatePlan(Fresh.Authorities, false, true, "test"), Name, At(350));

        Assert.Equal(Fresh.Authorities[0].NotAfter, late.Serving!.NotAfter);
    }

    [Fact]
    public void What_is_stored_is_read_again()
    {
        var read = CertificateSet.Read(Fresh.Write());

        Assert.Equal(Fresh.Serving, read.Serving);
        Assert.True(read.Serving!.HasPrivateKey);
        Assert.Equal(Fresh.Authorities, read.Authorities);
        Assert.Equal(Fresh.AuthorityKey, read.AuthorityKey);
        Assert.False(PlanAt(read, 1).HasWork);
    }

    private static DateTimeOffset At(int days) => Start.AddDays(days);

    private static CertificatePlan PlanAt(CertificateSet set, int days) => CertificatePlanner.Plan(set, set.Bundle, Name, At(days));

    private static CertificateSet Renewed(CertificateSet set, int days) =>
        CertificateIssuer.Issue(set, new CertificatePlan(set.Authorities, false, true, "test"), Name, At(days));

    private static CertificateSet Made() =>
        CertificateIssuer.Issue(CertificateSet.Empty, CertificatePlanner.Plan(CertificateSet.Empty, null, Name, Start), Name, Start);
}
