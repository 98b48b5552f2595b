<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="xml" indent="yes" encoding="UTF-8"/>
  <xsl:param name="least" select="0"/>
  <xsl:key name="by-customer" match="order" use="@customer"/>
  <xsl:template match="orders">
    <customers>
      <xsl:for-each select="order[generate-id() = generate-id(key('by-customer', @customer)[1])]">
        <xsl:sort select="sum(key('by-customer', @customer)/total)" data-type="number" order="descending"/>
        <customer id="{@customer}" orders="{count(key('by-customer', @customer))}">
          <sum><xsl:value-of select="format-number(sum(key('by-customer', @customer)/total), '#,##0.00')"/></sum>
          <xsl:apply-templates select="key('by-customer', @customer)[total &gt; $least]">
            <xsl:sort select="@id"/>
          </xsl:apply-templates>
        </customer>
      </xsl:for-each>
    </customers>
  </xsl:template>
  <xsl:template match="order">
    <xsl:choose>
      <xsl:when test="position() mod 2 = 0"><even ref="{@id}"><xsl:value-of select="translate(note, 'aeiou', 'AEIOU')"/></even></xsl:when>
      <xsl:otherwise><odd ref="{@id}" total="{total}"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>
</xsl:stylesheet>
